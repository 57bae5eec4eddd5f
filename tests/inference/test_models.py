import re

import pytest

from inference.errors import UnknownModel
from inference.models import GIB, catalogue, largest_for, model_named


def test_the_catalogue_lists_the_largest_model_first() -> None:
    sizes = [model.size for model in catalogue().values()]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("model", catalogue().values(), ids=lambda m: m.name)
def test_every_model_can_be_fetched_and_checked(model) -> None:
    assert re.fullmatch(r"[\w-]+/[\w.-]+", model.repository)
    assert model.files[0].name.endswith(".gguf")
    assert model.ram >= model.size
    for file in model.files:
        assert (file.size is None) == (file.sha256 is None)
        assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)


@pytest.mark.parametrize(
    "model", [m for m in catalogue().values() if m.parts], ids=lambda m: m.name
)
def test_the_parts_of_a_package_add_up_to_the_file(model) -> None:
    (file,) = model.files
    assert model.parts.count == -(-file.size // model.parts.bytes)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("qwen2.5-coder-1.5", "qwen2.5-coder-1.5b"),
        ("gpt-oss120b", "gpt-oss-120b"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(typed: str, nearest: str) -> None:
    with pytest.raises(UnknownModel) as caught:
        model_named(typed)
    assert caught.value.slots == {"name": typed, "nearest": nearest}
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("gib", "expected"),
    [(128, "gpt-oss-120b"), (24, "gpt-oss-20b"), (8, "qwen2.5-coder-1.5b"), (0.5, None)],
)
def test_the_largest_model_for_a_memory(gib: float, expected: str | None) -> None:
    found = largest_for(int(gib * GIB))
    assert (found.name if found else None) == expected
