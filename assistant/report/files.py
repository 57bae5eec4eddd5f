"""Files that are there whole or not at all, and a directory that one run writes to at a time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ReportNotWritable, ReportRunning
from assistant.files import replace_file


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file; whoever reads it, and whatever kills us, finds the old or the new one."""
    with refusing(path):
        replace_file(path, content)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn an error of the system into ReportNotWritable."""
    try:
        yield
    except OSError as error:
        raise ReportNotWritable(path=path, reason=error.strerror or error) from error


@contextmanager
def only_run(directory: Path) -> Iterator[None]:
    """Make the directory and hold it; raises ReportRunning, ReportNotWritable.

    The system lets go of it when the run dies, however it does.
    """
    with refusing(directory):
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / ".running").open("ab")
    with file:
        if not _taken(file):
            raise ReportRunning(path=directory)
        yield


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
