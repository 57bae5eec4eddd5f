"""A lock between processes of one user, released by the system when its holder dies."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inference.progress import OnProgress, Progress

POLL_SECONDS = 0.1


@contextmanager
def held(path: Path, what: str, on_progress: OnProgress) -> Iterator[None]:
    """Hold the lock file `path`; while another process holds it, report stage "waiting"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        while not _taken(file):
            on_progress(Progress("waiting", detail=what))
            time.sleep(POLL_SECONDS)
        yield  # closing the file releases the lock


def _taken(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
