"""Take a model's files from a folder where another program left them, without fetching."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from inference import gguf, store
from inference.errors import ModelFileAltered, NothingToAdopt
from inference.lock import held
from inference.models import Model, ModelFile
from inference.places import writable
from inference.progress import OnProgress, unheard

# The hub's cache keeps a file under its SHA-256 and links to it by name.
_BLOB = re.compile(r"[0-9a-f]{64}")


def adopt(model: Model, source: Path, folder: Path, on_progress: OnProgress = unheard) -> Path:
    """Make the model's files in `folder` from those found anywhere under `source`.

    They are linked where that is possible, so that they take no more disk. A file is checked
    against its published SHA-256, that of the catalogue or of the hub's cache; where neither is
    known, the header must be whole. Raises NothingToAdopt, ModelFile… and ModelPart….
    """
    home = writable(folder, "KOTAE_MODELS_DIR") / model.name
    with held(home / ".lock", f"pull of {model.name}", on_progress):
        for file in model.files:
            _take(file, _found(file, model, source), home, model.name, on_progress)
        first = home / model.files[0].name
        gguf.read(first)
        return first


def _found(file: ModelFile, model: Model, source: Path) -> Path:
    """The file of that name, of the published size where there are several."""
    paths = sorted(_named(file.name, source), key=lambda p: p.stat().st_size != file.size)
    if not paths:
        raise NothingToAdopt(name=model.name, folder=source, file=file.name)
    return paths[0].resolve()


def _named(name: str, source: Path) -> Iterator[Path]:
    if source.is_file():
        source = source.parent
    for root, _, names in os.walk(source):
        path = Path(root) / name
        if name in names and path.is_file():
            yield path


def _take(file: ModelFile, found: Path, home: Path, name: str, on_progress: OnProgress) -> None:
    if file.sha256 is None and _BLOB.fullmatch(found.name):
        file = replace(file, sha256=found.name)
    target = home / file.name
    if not (target.exists() and target.samefile(found)):
        target.unlink(missing_ok=True)
        _link(found, target)
    try:
        store.check(file, home, name, on_progress, trust_receipt=False)
    except ModelFileAltered:
        target.unlink()
        raise


def _link(found: Path, target: Path) -> None:
    """A second name for the file, else a link to it, else a copy."""
    for way in (os.link, os.symlink):
        with suppress(OSError, NotImplementedError):
            way(found, target)
            return
    shutil.copyfile(found, target)
