"""Types of result columns, as the MySQL protocol numbers them, and their cells off the wire."""

import math
from collections.abc import Callable
from typing import Any

from pymysql.connections import TEXT_TYPES
from pymysql.constants import FIELD_TYPE

from mcp_server.results import Cell, ColumnType, exact, shown_bytes

_KINDS: dict[int, ColumnType] = {
    **dict.fromkeys(
        (
            FIELD_TYPE.TINY,
            FIELD_TYPE.SHORT,
            FIELD_TYPE.LONG,
            FIELD_TYPE.LONGLONG,
            FIELD_TYPE.INT24,
            FIELD_TYPE.YEAR,
            FIELD_TYPE.BIT,
        ),
        "integer",
    ),
    **dict.fromkeys((FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL), "decimal"),
    **dict.fromkeys((FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE), "float"),
    **dict.fromkeys((FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE), "date"),
    **dict.fromkeys((FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP), "datetime"),
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.JSON: "json",
}
_NO_CHARSET = 63
_INEXACT_DIGITS = 16


def kind_of_column(field: Any) -> ColumnType:
    """The type of a column as PyMySQL describes it."""
    if field.type_code == FIELD_TYPE.TINY and field.length == 1:
        return "boolean"
    if known := _KINDS.get(field.type_code):
        return known
    binary = field.type_code in TEXT_TYPES and field.charsetnr == _NO_CHARSET
    return "binary" if binary else "text"


def converter(field: Any) -> Callable[[bytes], Cell]:
    """What makes a cell of the bytes that the server writes."""
    if field.type_code == FIELD_TYPE.BIT:
        return _bits
    match kind_of_column(field):
        case "integer" | "boolean":
            return _integer
        case "float":
            return _float
        case "binary":
            return shown_bytes
    return bytes.decode


def _integer(value: bytes) -> Cell:
    number = int(value)
    return number if len(value) < _INEXACT_DIGITS else exact(number)


def _bits(value: bytes) -> Cell:
    return exact(int.from_bytes(value, "big"))


def _float(value: bytes) -> Cell:
    number = float(value)
    return number if math.isfinite(number) else value.decode()
