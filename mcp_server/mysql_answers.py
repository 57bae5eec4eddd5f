"""Answers to commands that were sent together: read in full once, and then known again.

What a server says to the same commands on the same connection is the same to the byte, and to
compare bytes costs a fraction of taking them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pymysql
from pymysql.connections import MySQLResult
from pymysql.constants import CR

Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one connection answered to `count` commands, and the rows of the last answer."""

    count: int
    data: bytes
    last: Rows


def answer(raw: Any) -> Rows:
    """The rows that answer a command of one packet. Raises pymysql.Error."""
    raw._next_seq_id = 1  # each command begins a count of its own
    result = MySQLResult(raw)
    result.read()
    rows: Rows = result.rows or ()
    return rows


def read(raw: Any, count: int, before: Answers | None) -> Answers:
    """The next `count` answers, `before` being those that this connection gave the last time.

    Raises pymysql.Error when one of them is an error, or the connection breaks.
    """
    if before is None or before.count != count:
        return _in_full(raw, count, _Recorder(raw._rfile))
    data = raw._read_bytes(len(before.data))
    if data == before.data:
        return before
    found = _in_full(raw, count, _Recorder(BytesIO(data)))
    if found.data != data:
        raise pymysql.OperationalError(CR.CR_SERVER_LOST, "more was said than was asked")
    return found


class _Recorder:
    """A file that keeps what is read of it."""

    def __init__(self, file: Any) -> None:
        self._file, self._parts = file, list[bytes]()

    def read(self, size: int) -> bytes:
        part: bytes = self._file.read(size)
        self._parts.append(part)
        return part

    def close(self) -> None:
        self._file.close()

    @property
    def data(self) -> bytes:
        return b"".join(self._parts)


def _in_full(raw: Any, count: int, source: _Recorder) -> Answers:
    line, raw._rfile = raw._rfile, source
    try:
        *_, last = [answer(raw) for _ in range(count)]
    finally:
        if raw._rfile is source:
            raw._rfile = line
    return Answers(count, source.data, last)
