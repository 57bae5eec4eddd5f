"""The report as a workbook: a sheet of contents, then a sheet a question, with native charts.

Numbers and dates are real ones.
"""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assistant.cells import WORKBOOK, column_width, legal, moment_code, native, number_code
from assistant.charts.chart import Chart
from assistant.events import Cell, Column
from assistant.locale import t
from assistant.report.document import Document, Item
from assistant.report.formats import FORMATS

_CHARTS = {"line": "line", "bar": "bar", "pie": "pie"}
_FIRST_ROW = 4  # of the table, below heading, answer and change


def workbook(document: Document) -> bytes:
    """The .xlsx file."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, WORKBOOK) as book:
        book.set_properties({"title": document.title, "comments": document.counts})
        _Book(book, document).write()
    return buffer.getvalue()


class _Book:
    """One workbook being written."""

    def __init__(self, book: xlsxwriter.Workbook, document: Document) -> None:
        self._book, self._document = book, document
        self._formats: dict[str, Format] = {}
        self._names: set[str] = set()

    def write(self) -> None:
        contents = self._book.add_worksheet(self._sheet_name(t("report.contents", self._lang)))
        lines = [(item, self._sheet(item)) for item in self._document.items]
        self._contents(contents, lines)

    @property
    def _lang(self) -> Any:
        return self._document.lang

    def _contents(self, sheet: Worksheet, lines: list[tuple[Item, str]]) -> None:
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 2, 30)
        self._text(sheet, 0, 0, self._document.title, "title")
        self._text(sheet, 1, 0, self._document.counts, "faint")
        self._text(sheet, 2, 0, " ".join(self._document.summary.sentences))
        for row, (item, name) in enumerate(lines, 4):
            quoted = name.replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{quoted}'!A1", string=legal(item.question.title))
            self._text(sheet, row, 1, item.finished.answer.text)
            self._text(sheet, row, 2, item.change_text)

    def _sheet(self, item: Item) -> str:
        """A question's sheet; returns its name."""
        name = self._sheet_name(item.question.id)
        sheet = self._book.add_worksheet(name)
        self._text(sheet, 0, 0, item.question.title, "title")
        self._text(sheet, 1, 0, item.finished.answer.text)
        remarks = [item.change_text, *item.finished.broken, *item.finished.answer.notes]
        self._text(sheet, 2, 0, " / ".join(filter(None, remarks)), "faint")
        if item.result and item.result.columns:
            self._table(sheet, item)
            if item.chart and item.chart.kind in _CHARTS:
                self._chart(sheet, name, item.chart, len(item.result.columns))
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        return name

    def _table(self, sheet: Worksheet, item: Item) -> None:
        result = item.result
        assert result is not None
        sheet.freeze_panes(_FIRST_ROW + 1, 0)
        sheet.repeat_rows(_FIRST_ROW)
        last = _FIRST_ROW + max(1, result.row_count)
        sheet.autofilter(_FIRST_ROW, 0, last, len(result.columns) - 1)
        for at, column in enumerate(result.columns):
            self._text(sheet, _FIRST_ROW, at, column.name, "head")
            wish = item.question.formats.get(column.name)
            for row, cells in enumerate(result.rows, _FIRST_ROW + 1):
                self._cell(sheet, row, at, cells[at], column, wish)
            sheet.set_column(at, at, column_width(result, at))

    def _cell(
        self, sheet: Worksheet, row: int, at: int, cell: Cell, column: Column, wish: str | None
    ) -> None:
        value = native(cell, column)
        match value:
            case None:
                sheet.write_blank(row, at, None)
            case bool():
                sheet.write_boolean(row, at, value)
            case date():
                sheet.write_datetime(row, at, value, self._format(moment_code(value)))
            case Decimal():
                code = FORMATS[wish].code if wish else number_code(value, column)
                sheet.write_number(row, at, float(value), self._format(code))
            case _:
                self._text(sheet, row, at, str(value))

    def _chart(self, sheet: Worksheet, name: str, chart: Chart, columns: int) -> None:
        """A native chart beside the table, over numbers that stand on the same sheet."""
        first = columns + 12
        self._text(sheet, _FIRST_ROW, first, chart.category, "faint")
        drawing: Any = self._book.add_chart({"type": _CHARTS[chart.kind]})
        count = len(chart.labels)
        for row, label in enumerate(chart.labels, _FIRST_ROW + 1):
            self._text(sheet, row, first, label)
        for number, series in enumerate(chart.series, 1):
            self._text(sheet, _FIRST_ROW, first + number, series.name, "faint")
            for row, value in enumerate(series.values, _FIRST_ROW + 1):
                if value is not None:
                    sheet.write_number(row, first + number, value)
            last = _FIRST_ROW + count
            drawing.add_series(
                {
                    "name": [name, _FIRST_ROW, first + number],
                    "categories": [name, _FIRST_ROW + 1, first, last, first],
                    "values": [name, _FIRST_ROW + 1, first + number, last, first + number],
                }
            )
        if chart.kind == "bar":  # the first row on top, as in the table
            drawing.set_y_axis({"reverse": True})
        if len(chart.series) == 1 and chart.kind != "pie":
            drawing.set_legend({"none": True})
        drawing.set_size(
            {"width": 640, "height": max(320, 22 * count if chart.kind == "bar" else 0)}
        )
        sheet.insert_chart(_FIRST_ROW, columns + 1, drawing)

    def _text(self, sheet: Worksheet, row: int, at: int, text: str, style: str = "") -> None:
        if text:
            sheet.write_string(row, at, legal(text), self._format(style))

    def _format(self, name: str) -> Format | None:
        if name and name not in self._formats:
            self._formats[name] = self._book.add_format(_STYLES.get(name, {"num_format": name}))
        return self._formats.get(name)

    def _sheet_name(self, wish: str) -> str:
        """31 characters at most, case ignored, each once."""
        stem = wish[:28]
        names = (stem if n == 1 else f"{stem}_{n}" for n in range(1, 1000))
        name = next(name for name in names if name.lower() not in self._names)
        self._names.add(name.lower())
        return name


_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "faint": {"font_color": "#666666"},
    "head": {"bold": True, "bottom": 1, "bg_color": "#eef2f7"},
}
