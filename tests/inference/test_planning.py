from pathlib import Path

import pytest

from inference.errors import ModelFileMissing, UnknownModel
from inference.machine import MachineWish, typical, with_wish
from inference.plan import Wishes
from inference.planning import command, planned
from tests.fixtures.hollow import GPT_OSS_20B, write_hollow

CARD = with_wish(typical(64), MachineWish(gpu="RTX 4060 Ti"))


@pytest.mark.parametrize(
    ("ram", "model"),
    [(128, "gpt-oss-120b"), (32, "gpt-oss-20b"), (7, "qwen2.5-coder-1.5b")],
)
def test_without_a_name_the_largest_model_that_fits_is_planned(
    tmp_path: Path, ram: float, model: str
) -> None:
    made = planned(None, tmp_path, typical(ram), Wishes())
    assert (made.plan.model, made.plan.verdict, made.ways_out) == (model, "fits", ())


def test_a_file_is_planned_from_its_header(tmp_path: Path) -> None:
    path = write_hollow(tmp_path / "mine.gguf", GPT_OSS_20B)
    by_file = planned(str(path), tmp_path, typical(64), Wishes())
    by_name = planned("gpt-oss-20b", tmp_path, typical(64), Wishes())
    assert by_file.plan.memory == by_name.plan.memory
    assert (by_file.plan.model, by_file.file) == ("mine", str(path))


def test_what_cannot_be_found_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel):
        planned("gpt-oss", tmp_path, CARD, Wishes())
    with pytest.raises(ModelFileMissing):
        planned("./none.gguf", tmp_path, CARD, Wishes())


def test_the_command_places_everything_itself(tmp_path: Path) -> None:
    line = " ".join(command(planned("gpt-oss-120b", tmp_path, CARD, Wishes())))
    assert line == (
        "llama-server --model gpt-oss-120b-mxfp4-00001-of-00003.gguf --ctx-size 32768 "
        "--batch-size 2048 --ubatch-size 2048 --threads 8 --parallel 1 --cache-ram 2048 "
        "--flash-attn auto --fit off --n-gpu-layers 99 --n-cpu-moe 30 --load-mode none --no-repack"
    )


def test_the_command_is_spelled_for_the_engine_at_hand(tmp_path: Path) -> None:
    made = planned("gpt-oss-120b", tmp_path, CARD, Wishes())
    known = frozenset({"-m", "-ncmoe", "--ctx-size"})
    assert command(made, known)[3:] == ["--ctx-size", "32768", "-ncmoe", "30"]
