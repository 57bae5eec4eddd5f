"""Who uses the shared server: a file a client, which counts while its process lives.

A server that a person started without an end in sight is kept by a lease that nobody holds.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from inference.places import state_folder
from inference.state import CLOCK_SECONDS

KEPT = "kept"


def _folder() -> Path:
    folder = state_folder() / "clients"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def lease() -> Iterator[None]:
    """Use the shared server while the block runs; it does not end for idleness meanwhile."""
    file = _folder() / f"{os.getpid()}.{secrets.token_hex(4)}"
    file.touch(mode=0o600)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def keep() -> None:
    """Let the server stay without clients, until `release`."""
    (_folder() / KEPT).touch(mode=0o600)


def release() -> None:
    """Take `keep` back."""
    (_folder() / KEPT).unlink(missing_ok=True)


def kept() -> bool:
    """Whether the server stays without clients."""
    return (_folder() / KEPT).exists()


def count() -> int:
    """Clients that live; what dead ones left is cleared away."""
    files = [file for file in _folder().iterdir() if file.name != KEPT]
    dead = [file for file in files if not _lives(file)]
    for file in dead:
        file.unlink(missing_ok=True)
    return len(files) - len(dead)


def _lives(file: Path) -> bool:
    try:
        born: float = psutil.Process(int(file.name.partition(".")[0])).create_time()
        return born < file.stat().st_mtime + CLOCK_SECONDS
    except (psutil.Error, ValueError, OSError):
        return False
