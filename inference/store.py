"""What lies in the models folder: one folder a model, its files, and receipts.

A receipt says which file (size and time of change) was once found to have the published
SHA-256. A file that still looks like its receipt is trusted; any other is hashed again, so a
change to a 60 GB file is noticed without reading 60 GB at every start.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inference.errors import (
    ModelFileAltered,
    ModelFileMissing,
    ModelFileTruncated,
    ModelNotInstalled,
    NoModelInstalled,
    NotAModelFile,
)
from inference.hardware import total_memory
from inference.models import Model, ModelFile, catalogue, largest_for, model_named
from inference.places import write_private
from inference.progress import OnProgress, Progress

BLOCK_BYTES = 1 << 20
DEFAULT_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model ready to be loaded: `path` is its first file, `size` the bytes of all files."""

    name: str
    path: Path
    size: int
    context_tokens: int


def installed(folder: Path) -> Mapping[str, Model]:
    """The catalogue's models whose files are all there, by name. Nothing is read or hashed."""
    return {
        name: model
        for name, model in catalogue().items()
        if all((folder / name / file.name).is_file() for file in model.files)
    }


def locate(wish: str | None, folder: Path, on_progress: OnProgress) -> LocalModel:
    """The model a person means: a catalogue name, a path to a GGUF file, or None.

    None is the largest installed one that this machine can run. Files are checked against
    their receipts. Raises UnknownModel, ModelNotInstalled, NoModelInstalled, ModelFile….
    """
    if wish is None:
        model = largest_for(total_memory(), installed(folder))
        if model is None:
            raise NoModelInstalled(suggestion=_suggestion())
    elif wish.endswith(".gguf") or "/" in wish or "\\" in wish:
        return _from_path(Path(wish).expanduser())
    else:
        model = model_named(wish)
        if model.name not in installed(folder):
            raise ModelNotInstalled(name=model.name)
    return _checked(model, folder / model.name, on_progress)


def _suggestion() -> str:
    fitting = largest_for(total_memory()) or min(catalogue().values(), key=lambda m: m.size)
    return fitting.name


def _from_path(path: Path) -> LocalModel:
    if not path.is_file():
        raise ModelFileMissing(path=path)
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise NotAModelFile(path=path)
    return LocalModel(path.stem, path.resolve(), path.stat().st_size, DEFAULT_CONTEXT)


def _checked(model: Model, home: Path, on_progress: OnProgress) -> LocalModel:
    for file in model.files:
        check(file, home, model.name, on_progress)
    paths = [home / file.name for file in model.files]
    size = sum(path.stat().st_size for path in paths)
    return LocalModel(model.name, paths[0].resolve(), size, model.context_tokens)


def check(
    file: ModelFile,
    home: Path,
    name: str,
    on_progress: OnProgress,
    trust_receipt: bool = True,
) -> None:
    """Raise ModelFileTruncated or ModelFileAltered unless the file is the published one.

    A file that nobody published a hash for and that has no receipt passes.
    """
    path = home / file.name
    receipts = _receipts(home)
    receipt = receipts.get(file.name, {})
    published_size = file.size or receipt.get("size")
    published_hash = file.sha256 or receipt.get("sha256")
    actual = path.stat().st_size
    if published_size not in (None, actual):
        raise ModelFileTruncated(file=path, name=name, expected=published_size, actual=actual)
    unchanged = trust_receipt and receipt.get("changed") == path.stat().st_mtime_ns
    if published_hash is None or unchanged:
        return
    if sha256_of(path, on_progress) != published_hash:
        raise ModelFileAltered(file=path, name=name)
    write_receipt(home, file.name, str(published_hash))


def write_receipt(home: Path, file: str, sha256: str) -> None:
    """Remember that `file`, as it is now, has the published SHA-256."""
    stat = (home / file).stat()
    receipt = {"size": stat.st_size, "changed": stat.st_mtime_ns, "sha256": sha256}
    write_private(home / "receipts.json", json.dumps({**_receipts(home), file: receipt}, indent=1))


def _receipts(home: Path) -> dict[str, dict[str, int | str]]:
    try:
        receipts: dict[str, dict[str, int | str]] = json.loads((home / "receipts.json").read_text())
    except (OSError, ValueError):
        return {}
    return receipts


def sha256_of(path: Path, on_progress: OnProgress) -> str:
    """The file's SHA-256 in hex, with progress."""
    digest = hashlib.sha256()
    total = path.stat().st_size
    with path.open("rb") as file:
        for block in blocks(file):
            digest.update(block)
            on_progress(Progress("verifying", file.tell(), total, path.name))
    return digest.hexdigest()


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file, a block at a time."""
    while block := file.read(BLOCK_BYTES):
        yield block
