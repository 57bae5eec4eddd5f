"""The rows of a running statement, taken off the line in large pieces and cut up in one pass.

PyMySQL reads a row with several calls a cell, which costs more than all the rest of an answer.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pymysql
from pymysql.constants import CR
from pymysql.err import raise_mysql_exception

from mcp_server.results import Cell

Convert = Callable[[bytes], Cell]

PIECE = 64 * 1024
"""How much of a line is read at once."""
_HEADER = 4
_LONGEST = 2**24 - 1
"""A packet of this length goes on in the next one."""
_ERROR, _END = 0xFF, 0xFE
_LONGEST_END = 8
_LONGEST_SHORT, _NULL = 250, 251
_WIDTHS = {252: 2, 253: 3, 254: 8}
"""How many bytes hold the length of a cell, by what stands in its first one."""


def packets(raw: Any) -> Iterator[bytes]:
    """The packets after the columns of a result, one a row, up to its end.

    What the line holds behind that end, answers to later commands, stays on it.
    Raises pymysql.Error when the statement fails on its way, or the connection does.
    """
    data, at, number = b"", 0, raw._next_seq_id
    seen = 0  # how much of `data`, at its end, is still on the line
    start = b""
    while True:
        end = at + _HEADER + int.from_bytes(data[at : at + 3], "little")
        if len(data) < at + _HEADER or len(data) < end:
            raw._rfile.read(seen)
            more, seen = _more(raw, end - len(data))
            data, at = data[at:] + more, 0
            continue
        if data[at + 3] != number:
            raise _lost(raw, "packets out of order")
        packet, number = data[at + _HEADER : end], (number + 1) % 256
        at = end
        if start or len(packet) == _LONGEST:
            start += packet
            if len(packet) == _LONGEST:
                continue
            packet, start = start, b""
        is_end = packet[0] == _END and len(packet) <= _LONGEST_END
        if is_end or packet[0] == _ERROR:
            raw._rfile.read(seen - (len(data) - at))
            if is_end:
                return
            raise_mysql_exception(packet)
        yield packet


def _more(raw: Any, missing: int) -> tuple[bytes, int]:
    """What has arrived, at least a byte, and how much of it is still on the line.

    A long packet is waited for as a whole.
    """
    try:
        if missing > PIECE:
            more, seen = raw._rfile.read(missing), 0
        else:
            more = raw._rfile.peek()
            seen = len(more)
    except OSError as error:
        raise _lost(raw, str(error)) from error
    if not more:
        raise _lost(raw, "end of data")
    return more, seen


def _lost(raw: Any, reason: str) -> pymysql.OperationalError:
    raw._force_close()
    message = f"Lost connection to MySQL server during query ({reason})"
    return pymysql.OperationalError(CR.CR_SERVER_LOST, message)


def cells(packet: bytes, converters: Sequence[Convert]) -> tuple[Cell, ...]:
    """One row; NULL is None whatever its column.

    Raises pymysql.Error when it holds fewer cells than there are columns.
    """
    row: list[Cell] = []
    at = 0
    try:
        for convert in converters:
            size = packet[at]
            at += 1
            if size > _LONGEST_SHORT:
                if size == _NULL:
                    row.append(None)
                    continue
                width = _WIDTHS[size]
                size = int.from_bytes(packet[at : at + width], "little")
                at += width
            row.append(convert(packet[at : at + size]))
            at += size
    except LookupError as error:
        raise pymysql.OperationalError(CR.CR_MALFORMED_PACKET, "a row ends too early") from error
    return tuple(row)
