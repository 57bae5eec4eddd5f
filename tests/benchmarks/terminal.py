"""A program on a pseudo-terminal, driven and timed from outside."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from types import TracebackType
from typing import Self

import psutil

QUIET_SECONDS = 0.03
"""Output that stays away so long has ended: the screen is painted."""


class Terminal:
    """The program's screen: what it writes is read at once, and the time of it kept."""

    def __init__(
        self, command: list[str], env: dict[str, str], size: tuple[int, int] = (120, 40)
    ) -> None:
        self._ours, theirs = pty.openpty()
        columns, lines = size
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.perf_counter()
        self._program = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | env,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.send("\x11")  # Ctrl+Q
        try:
            deadline = time.perf_counter() + 10
            while self._program.poll() is None and time.perf_counter() < deadline:
                self._read(0.05)
        finally:
            if self._program.poll() is None:
                self._program.kill()
            self._program.wait()
            os.close(self._ours)

    @property
    def mebibytes(self) -> float:
        """Resident memory of the program."""
        return float(psutil.Process(self._program.pid).memory_info().rss) / 2**20

    def send(self, keys: str) -> float:
        """Type; returns the time of it."""
        now = time.perf_counter()
        os.write(self._ours, keys.encode())
        return now

    def until(self, text: str, seconds: float = 20.0) -> float:
        """When `text` was written, as one piece of output; raises TimeoutError."""
        wanted, seen = text.encode(), b""
        deadline = time.perf_counter() + seconds
        while wanted not in seen:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{text!r} did not come; the last output: {seen[-400:]!r}")
            seen += self._read(0.5)
        return time.perf_counter()

    def painted(self, seconds: float = 5.0) -> float:
        """When the output that comes next had ended; raises TimeoutError when none comes."""
        deadline = time.perf_counter() + seconds
        while not self._read(0.5):
            if time.perf_counter() > deadline:
                raise TimeoutError("nothing was painted")
        last = time.perf_counter()
        while self._read(QUIET_SECONDS):
            last = time.perf_counter()
        return last

    def settle(self, seconds: float) -> None:
        """Read whatever is written in this time."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            self._read(0.05)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        try:
            return os.read(self._ours, 65536) if ready else b""
        except OSError:  # the program is gone
            time.sleep(seconds)
            return b""
