import shutil
from pathlib import Path

import pytest

from inference.saves import KEPT, saves_folder
from tests.fixtures.hollow import GPT_OSS_20B, write_hollow


def test_each_engine_and_model_has_a_folder_of_its_own_and_few_are_kept(
    tiny_model: Path, tmp_path: Path
) -> None:
    engine = tmp_path / "llama-server"
    engine.write_bytes(b"engine")
    folders = []
    for n in range(KEPT + 2):
        model = shutil.copy(tiny_model, tmp_path / f"{n}.gguf")
        folders.append(saves_folder(engine, model))
        assert folders[-1] == saves_folder(engine, model)
    assert len(set(folders)) == KEPT + 2
    assert sum(folder is not None and folder.is_dir() for folder in folders) == KEPT
    assert folders[-1]
    assert folders[-1].is_dir()


@pytest.mark.parametrize("kind", ["sliding window", "no model"])
def test_a_model_whose_state_cannot_be_gone_on_from_has_none(tmp_path: Path, kind: str) -> None:
    model = tmp_path / "m.gguf"
    if kind == "no model":
        model.write_bytes(b"GGUF")
    else:
        write_hollow(model, GPT_OSS_20B)
    assert saves_folder(model, model) is None
