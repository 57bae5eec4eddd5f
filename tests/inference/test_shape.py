from pathlib import Path

import pytest

from inference.errors import ShapeUnknown
from inference.gguf import Header, read
from inference.models import catalogue
from inference.shape import catalogue_shapes, class_of, shape_of
from tests.fixtures.hollow import GPT_OSS_20B, GPT_OSS_120B, GptOss, write_hollow

MIB = 1 << 20


@pytest.mark.parametrize(
    ("name", "model"), [("gpt-oss-120b", GPT_OSS_120B), ("gpt-oss-20b", GPT_OSS_20B)]
)
def test_the_catalogue_knows_the_shape_that_the_header_tells(
    tmp_path: Path, name: str, model: GptOss
) -> None:
    path = write_hollow(tmp_path / "m.gguf", model)
    assert shape_of(read(path), name) == catalogue_shapes()[name]


def test_the_sizes_of_gpt_oss_are_the_published_ones() -> None:
    large, small = catalogue_shapes()["gpt-oss-120b"], catalogue_shapes()["gpt-oss-20b"]
    assert round(large.sizes.total / MIB, 1) == 60438.5
    assert round(small.sizes.total / MIB) == 11536
    assert round(large.sizes.experts / MIB / 36, 1) == 1613.7
    assert round(large.sizes.expert_biases / MIB / 36, 2) == 4.22
    assert round(large.active_parameters / 1e9, 1) == 5.1


def test_every_model_of_the_catalogue_has_a_shape() -> None:
    assert set(catalogue_shapes()) == set(catalogue())
    for name, model in catalogue().items():
        assert catalogue_shapes()[name].sizes.total == pytest.approx(model.size, rel=0.02)


def test_a_small_real_model_of_another_kind_is_read_too(tiny_model: Path) -> None:
    shape = shape_of(read(tiny_model), "tiny")
    assert (shape.architecture, shape.layers, shape.experts, shape.window) == ("llama", 2, 0, 0)
    assert (shape.heads, shape.kv_heads, shape.head_dim, shape.vocabulary) == (4, 4, 64, 275)
    assert shape.sizes.total < tiny_model.stat().st_size


@pytest.mark.parametrize(
    ("tensor", "expected"),
    [
        ("token_embd.weight", "embedding"),
        ("output.weight", "output"),
        ("output_norm.weight", "rest"),
        ("blk.7.ffn_down_exps.weight", "experts"),
        ("blk.7.ffn_down_exps.bias", "expert_biases"),
        ("blk.7.attn_q.bias", "attention"),
        ("blk.7.attn_norm.weight", "rest"),
        ("blk.7.ffn_up.weight", "rest"),
    ],
)
def test_a_tensor_is_classed_by_its_name(tensor: str, expected: str) -> None:
    assert class_of(tensor) == expected


def test_heads_that_differ_by_layer_count_as_the_largest() -> None:
    metadata = {
        "general.architecture": "x",
        "x.block_count": 2,
        "x.attention.head_count": (8, 16),
        "x.embedding_length": 64,
        "x.context_length": 128,
    }
    assert shape_of(Header(metadata, (), 1, 0), "x").heads == 16


def test_a_header_without_layers_cannot_be_planned() -> None:
    header = Header({"general.architecture": "x"}, (), 1, 0)
    with pytest.raises(ShapeUnknown, match=r"x\.block_count"):
        shape_of(header, "m")
