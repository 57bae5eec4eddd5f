import hashlib
import os
from pathlib import Path

import pytest

from inference import store
from inference.errors import (
    ModelFileAltered,
    ModelFileMissing,
    ModelFileTruncated,
    ModelNotInstalled,
    NoModelInstalled,
    NotAModelFile,
    UnknownModel,
)
from inference.models import ModelFile, catalogue
from inference.progress import Progress, unheard

CONTENT = b"GGUF" + bytes(1000)
PUBLISHED = ModelFile("a.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "a.gguf").write_bytes(CONTENT)
    return tmp_path


def test_a_published_file_is_hashed_once_and_then_trusted(home: Path) -> None:
    heard: list[Progress] = []
    store.check(PUBLISHED, home, "test", heard.append)
    store.check(PUBLISHED, home, "test", heard.append)
    assert [p.stage for p in heard] == ["verifying"]


def test_a_truncated_file_is_found_without_reading_it(home: Path) -> None:
    os.truncate(home / "a.gguf", 700)
    heard: list[Progress] = []
    with pytest.raises(ModelFileTruncated, match=r"a\.gguf.*700.*1004.*kotae model pull test"):
        store.check(PUBLISHED, home, "test", heard.append)
    assert heard == []


def test_a_file_altered_after_its_receipt_is_found(home: Path) -> None:
    store.check(PUBLISHED, home, "test", unheard)
    (home / "a.gguf").write_bytes(CONTENT[::-1])
    with pytest.raises(ModelFileAltered, match=r"a\.gguf.*kotae model pull test"):
        store.check(PUBLISHED, home, "test", unheard)


def test_the_receipt_knows_the_size_that_the_catalogue_does_not(home: Path) -> None:
    store.write_receipt(home, "a.gguf", str(PUBLISHED.sha256))
    os.truncate(home / "a.gguf", 700)
    with pytest.raises(ModelFileTruncated):
        store.check(ModelFile("a.gguf"), home, "test", unheard)


def test_a_damaged_receipt_only_costs_a_hash(home: Path) -> None:
    (home / "receipts.json").write_text("{", encoding="utf-8")
    heard: list[Progress] = []
    store.check(PUBLISHED, home, "test", heard.append)
    assert [p.stage for p in heard] == ["verifying"]


def sparse(folder: Path, name: str) -> None:
    """Files of the catalogue's sizes without data, and receipts as if they had been pulled."""
    model = catalogue()[name]
    (folder / name).mkdir()
    for file in model.files:
        path = folder / name / file.name
        path.touch()
        os.truncate(path, file.size or 1000)
        store.write_receipt(folder / name, file.name, file.sha256 or "")


def test_without_a_wish_the_largest_installed_model_that_fits_is_taken(tmp_path: Path) -> None:
    sparse(tmp_path, "qwen2.5-coder-0.5b")
    sparse(tmp_path, "qwen2.5-coder-1.5b")
    found = store.locate(None, tmp_path, unheard)
    assert (found.name, found.size, found.context_tokens) == (
        "qwen2.5-coder-1.5b",
        1_117_320_768,
        8192,
    )


def test_the_first_of_split_files_is_the_one_to_open(tmp_path: Path) -> None:
    sparse(tmp_path, "gpt-oss-120b")
    assert store.locate("gpt-oss-120b", tmp_path, unheard).path.name.endswith(
        "-00001-of-00003.gguf"
    )


def test_a_model_with_a_missing_part_is_not_installed(tmp_path: Path) -> None:
    sparse(tmp_path, "gpt-oss-120b")
    (tmp_path / "gpt-oss-120b" / catalogue()["gpt-oss-120b"].files[1].name).unlink()
    assert store.installed(tmp_path) == {}
    with pytest.raises(ModelNotInstalled, match="kotae model pull gpt-oss-120b"):
        store.locate("gpt-oss-120b", tmp_path, unheard)


def test_with_nothing_installed_a_model_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(NoModelInstalled) as caught:
        store.locate(None, tmp_path, unheard)
    assert caught.value.slots["suggestion"] in catalogue()


def test_an_unknown_name_is_not_looked_for_on_disk(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel):
        store.locate("qwen", tmp_path, unheard)


def test_a_path_is_taken_as_it_is(home: Path) -> None:
    found = store.locate(str(home / "a.gguf"), home, unheard)
    assert (found.name, found.path, found.size) == ("a", (home / "a.gguf").resolve(), 1004)


def test_a_path_to_nothing_is_told(home: Path) -> None:
    with pytest.raises(ModelFileMissing, match=r"b\.gguf"):
        store.locate(str(home / "b.gguf"), home, unheard)


def test_a_file_of_another_kind_is_told(home: Path) -> None:
    (home / "c.gguf").write_text("<html>", encoding="utf-8")
    with pytest.raises(NotAModelFile, match=r"c\.gguf is not a GGUF"):
        store.locate(str(home / "c.gguf"), home, unheard)
