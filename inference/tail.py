"""The end of a log, and what is added to it."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.2


def last(path: Path, lines: int) -> str:
    """The last lines of a file, their ends included."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return "".join(deque(file, maxlen=lines))


def following(path: Path) -> Iterator[str]:
    """What is written from now on, also to the file that takes its place at a restart; endless."""
    position = path.stat().st_size
    identity = path.stat().st_ino
    while True:
        try:
            now = path.stat()
            if now.st_ino != identity or now.st_size < position:
                position, identity = 0, now.st_ino
            with path.open(encoding="utf-8", errors="replace") as file:
                file.seek(position)
                text = file.read()
                position = file.tell()
        except FileNotFoundError:
            text = ""
        if text:
            yield text
        else:
            time.sleep(POLL_SECONDS)
