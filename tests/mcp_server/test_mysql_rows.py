import io
import struct
from collections.abc import Sequence

import pymysql
import pytest

from mcp_server.mysql_rows import cells, packets

LONGEST = 2**24 - 1
END = b"\xfe\x00\x00\x02\x00"


class Line:
    """A connection on which these payloads have arrived."""

    def __init__(self, *payloads: bytes, first: int = 5) -> None:
        sent = b"".join(
            struct.pack("<I", len(payload))[:3] + bytes([(first + at) % 256]) + payload
            for at, payload in enumerate(payloads)
        )
        self._rfile = io.BufferedReader(io.BytesIO(sent))
        self._next_seq_id = 5
        self.closed = False

    def _force_close(self) -> None:
        self.closed = True


def row(*values: bytes | None) -> bytes:
    return b"".join(b"\xfb" if value is None else _sized(value) for value in values)


def _sized(value: bytes) -> bytes:
    if len(value) < 251:
        return bytes([len(value)]) + value
    if len(value) < 2**16:
        return b"\xfc" + struct.pack("<H", len(value)) + value
    return b"\xfd" + struct.pack("<I", len(value))[:3] + value


def texts(packet: bytes, columns: int) -> tuple[object, ...]:
    return cells(packet, [bytes.decode] * columns)


@pytest.mark.parametrize("sizes", [(0, 1, 250), (251, 252, 2**16 - 1), (2**16, 3, 2**17)])
def test_cells_of_every_length_come_back_whole(sizes: Sequence[int]) -> None:
    values = [b"a" * size for size in sizes]

    assert texts(row(*values, None), 4) == (*(value.decode() for value in values), None)


def test_rows_come_in_order_until_the_end_and_their_numbers_start_anew_after_255() -> None:
    rows = [row(str(number).encode()) for number in range(300)]

    assert list(packets(Line(*rows, END))) == rows


@pytest.mark.parametrize("rows", [1, 9_000])
def test_what_stands_behind_the_end_stays_on_the_line(rows: int) -> None:
    line = Line(*[row(b"12345678")] * rows, END, b"later")

    assert len(list(packets(line))) == rows
    assert line._rfile.read()[4:] == b"later"


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_row_longer_than_a_packet_is_put_together(length: int) -> None:
    whole = row(b"b" * (length - 4))
    parts = [whole[:LONGEST], whole[LONGEST:]] if length >= LONGEST else [whole]

    assert list(packets(Line(*parts, row(b"next"), END))) == [whole, row(b"next")]


def test_an_error_on_the_way_is_raised_after_the_rows_before_it() -> None:
    interrupted = b"\xff\x25\x05#70100Query execution was interrupted"
    found = packets(Line(row(b"1"), interrupted))

    assert next(found) == row(b"1")
    with pytest.raises(pymysql.OperationalError, match="interrupted"):
        next(found)


@pytest.mark.parametrize(
    "line", [Line(row(b"1")), Line(row(b"1"), row(b"2"), END, first=7)], ids=["cut", "disorder"]
)
def test_a_line_that_breaks_off_or_is_out_of_order_is_lost(line: Line) -> None:
    with pytest.raises(pymysql.OperationalError, match="Lost connection"):
        list(packets(line))
    assert line.closed


def test_a_row_with_too_few_cells_is_an_error_of_the_server() -> None:
    with pytest.raises(pymysql.OperationalError, match="too early"):
        texts(row(b"1"), 2)
