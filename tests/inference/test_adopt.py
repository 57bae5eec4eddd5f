import hashlib
import json
from pathlib import Path

import pytest

from inference.adopt import adopt
from inference.errors import (
    ModelFileAltered,
    ModelFileTruncated,
    ModelPartMissing,
    NothingToAdopt,
)
from inference.models import Model, ModelFile
from tests.fixtures.hollow import GPT_OSS_20B, GptOss, write_hollow_parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def model(*files: ModelFile) -> Model:
    return Model("test", "Test", "MIT", "someone/test", files, ram=1, context_tokens=512)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def receipts(path: Path) -> dict[str, dict[str, str]]:
    return json.loads(path.with_name("receipts.json").read_text(encoding="utf-8"))


def test_a_file_that_lm_studio_left_is_adopted_without_a_copy(
    tiny_model: Path, tmp_path: Path, folder: Path
) -> None:
    theirs = tmp_path / "lmstudio" / "publisher" / "repo" / "tiny.gguf"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(tiny_model.read_bytes())
    known = ModelFile("tiny.gguf", theirs.stat().st_size, sha256(theirs))
    path = adopt(model(known), tmp_path / "lmstudio", folder)
    assert path == folder / "test" / "tiny.gguf"
    assert path.samefile(theirs)
    assert receipts(path)["tiny.gguf"]["sha256"] == known.sha256


def test_the_hubs_cache_tells_the_hash_that_the_catalogue_does_not_know(
    tiny_model: Path, tmp_path: Path, folder: Path
) -> None:
    repository = tmp_path / "hub" / "models--someone--test"
    blob = repository / "blobs" / sha256(tiny_model)
    named = repository / "snapshots" / "0123abcd" / "tiny.gguf"
    for path in (blob, named):
        path.parent.mkdir(parents=True)
    blob.write_bytes(tiny_model.read_bytes())
    named.symlink_to(Path("..") / ".." / "blobs" / blob.name)
    path = adopt(model(ModelFile("tiny.gguf")), tmp_path / "hub", folder)
    assert receipts(path)["tiny.gguf"]["sha256"] == blob.name
    blob.write_bytes(tiny_model.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelFileAltered):
        adopt(model(ModelFile("tiny.gguf")), tmp_path / "hub", folder)
    assert not path.exists()
    assert blob.exists()


def test_split_files_without_a_known_hash_must_be_whole(tmp_path: Path, folder: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    parts = write_hollow_parts(theirs, GptOss(2, GPT_OSS_20B.experts), 2)
    wanted = model(*(ModelFile(part.name) for part in parts))
    assert adopt(wanted, theirs, folder).stat().st_size == parts[0].stat().st_size
    with parts[1].open("r+b") as file:
        file.truncate(parts[1].stat().st_size // 2)
    with pytest.raises(Exception, match="incomplete"):
        adopt(wanted, theirs, folder)
    with pytest.raises(ModelPartMissing):
        adopt(model(ModelFile(parts[0].name)), theirs, tmp_path / "elsewhere")


def test_a_truncated_file_of_a_known_size_is_refused(
    tiny_model: Path, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "tiny.gguf").write_bytes(tiny_model.read_bytes()[:-1])
    known = ModelFile("tiny.gguf", tiny_model.stat().st_size, sha256(tiny_model))
    with pytest.raises(ModelFileTruncated):
        adopt(model(known), tmp_path, folder)


def test_a_folder_without_the_files_is_told_and_what_else_can_be_done(
    tmp_path: Path, folder: Path
) -> None:
    with pytest.raises(NothingToAdopt, match=r"holds no a\.gguf .* kotae model start PATH"):
        adopt(model(ModelFile("a.gguf")), tmp_path, folder)
