"""A result as a workbook of one sheet; numbers and dates are real ones."""

import io
from datetime import date
from decimal import Decimal
from functools import cache

import xlsxwriter

from assistant.cells import WORKBOOK, column_width, legal, moment_code, native, number_code
from assistant.events import Cell, Column, QueryResult

_HEAD = {"bold": True, "bottom": 1, "bg_color": "#eef2f7"}


def workbook(result: QueryResult) -> bytes:
    """The .xlsx file: names on top, filters on them, the rows below."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, WORKBOOK) as book:
        _Sheet(book).write(result)
    return buffer.getvalue()


class _Sheet:
    """The one sheet, and the formats that its cells share."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._sheet = book.add_worksheet()
        self._head = book.add_format(_HEAD)
        self._format = cache(lambda code: book.add_format({"num_format": code}))

    def write(self, result: QueryResult) -> None:
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(result.columns):
            self._sheet.write_string(0, at, legal(column.name), self._head)
            self._sheet.set_column(at, at, column_width(result, at))
            for row, cells in enumerate(result.rows, 1):
                self._cell(row, at, cells[at], column)
        if result.columns:
            self._sheet.autofilter(0, 0, max(1, result.row_count), len(result.columns) - 1)

    def _cell(self, row: int, at: int, cell: Cell, column: Column) -> None:
        match native(cell, column):
            case None:
                self._sheet.write_blank(row, at, None)
            case bool(value):
                self._sheet.write_boolean(row, at, value)
            case date() as moment:
                code = moment_code(moment)
                self._sheet.write_datetime(row, at, moment, self._format(code))
            case Decimal() as number:
                code = number_code(number, column)
                self._sheet.write_number(row, at, float(number), self._format(code))
            case str(text):
                self._sheet.write_string(row, at, legal(text))
