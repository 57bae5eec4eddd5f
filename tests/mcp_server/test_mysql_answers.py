"""Answers known again by their bytes: never taken for what they are not."""

import io
import struct
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from mcp_server import mysql_answers

OK = b"\x00\x00\x00\x02\x00\x00\x00"
SLOW = b"\x00\x00\x00\x02\x08\x00\x00"
REFUSED = b"\xff\x17\x04#08S01Unknown command"


def line(*payloads: bytes) -> Any:
    """A connection on which each of these has arrived as the only packet of an answer."""
    raw = Connection(defer_connect=True)
    packets = (struct.pack("<I", len(payload) | 1 << 24) + payload for payload in payloads)
    raw._rfile = io.BufferedReader(io.BytesIO(b"".join(packets)))
    raw._current_timeout = raw._read_timeout
    return raw


def test_the_same_bytes_are_the_same_answers() -> None:
    raw = line(OK, OK, OK, OK)

    first = mysql_answers.read(raw, 2, None)

    assert mysql_answers.read(raw, 2, first) is first
    assert not raw._rfile.read()


def test_other_bytes_of_that_length_are_read_in_full() -> None:
    raw = line(OK, OK, OK, SLOW)

    first = mysql_answers.read(raw, 2, None)
    second = mysql_answers.read(raw, 2, first)

    assert second.data != first.data
    assert second.last == first.last


@pytest.mark.parametrize("later", [(OK, REFUSED), (REFUSED[:7], OK), (OK,)])
def test_an_error_among_them_or_an_end_is_never_an_answer(later: tuple[bytes, ...]) -> None:
    raw = line(OK, OK, *later)
    first = mysql_answers.read(raw, 2, None)

    with pytest.raises(pymysql.Error):
        mysql_answers.read(raw, 2, first)


def test_more_than_was_asked_for_is_no_answer() -> None:
    raw = line(OK + bytes(11), OK, OK, OK, OK)
    first = mysql_answers.read(raw, 2, None)

    with pytest.raises(pymysql.OperationalError, match="more was said"):
        mysql_answers.read(raw, 2, first)
