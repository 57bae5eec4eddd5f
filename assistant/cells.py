"""Cells as a spreadsheet holds them: real numbers and dates.

A spreadsheet keeps 15 digits: a number that has more stays text.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from rich.cells import cell_len

from assistant.events import Cell, Column, QueryResult
from assistant.render import cell_text, is_measure, is_numeric

WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""Text stays text: a cell of the database that begins with = is no formula, none is a link."""
LONGEST_TEXT = 32_767
_DIGITS, _WIDEST, _ROWS_MEASURED = 15, 60, 500
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def as_number(cell: Cell) -> Decimal | None:
    """The cell's exact number; None when it holds none."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def native(cell: Cell, column: Column) -> Decimal | date | bool | str | None:
    """The cell's value as a spreadsheet knows it."""
    if cell is None:
        return None
    if column.type == "boolean" and cell in (0, 1):
        return bool(cell)
    number = as_number(cell) if is_numeric(column) else None
    if number is not None and len(number.normalize().as_tuple().digits) <= _DIGITS:
        return number
    if column.type in ("date", "datetime"):
        return _moment(str(cell)) or str(cell)
    return str(cell)


def number_code(number: Decimal, column: Column) -> str:
    """The spreadsheet's format for a number: as many places as it has, measures grouped."""
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    whole = "#,##0" if is_measure(column) else "0"
    return f"{whole}.{'0' * min(places, 10)}" if places else whole


def moment_code(moment: date) -> str:
    """The spreadsheet's format for a date, or for a date and time."""
    return "yyyy-mm-dd hh:mm:ss" if isinstance(moment, datetime) else "yyyy-mm-dd"


def column_width(result: QueryResult, at: int) -> float:
    """Wide enough for what stands there; a Japanese character takes two cells."""
    return min(_WIDEST, max(_lengths(result, at, result.columns[at])) * 1.1 + 3)


def legal(text: str) -> str:
    """The text as XML may hold it, no longer than a cell may be."""
    return _ILLEGAL.sub("", text)[:LONGEST_TEXT]


def _moment(text: str) -> date | None:
    """A date of the spreadsheet's calendar, which begins in 1900 and knows no time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year < 1900 or moment.tzinfo:
        return None
    return moment if len(text) > 10 else moment.date()


def _lengths(result: QueryResult, at: int, column: Column) -> Iterator[int]:
    yield max(cell_len(column.name), 6)
    yield from (cell_len(cell_text(row[at], column)) for row in result.rows[:_ROWS_MEASURED])
