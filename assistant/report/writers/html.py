"""The report as one HTML file: no network, no font, no file beside it."""

import base64
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from assistant.charts.svg import draw
from assistant.events import Column, QueryResult
from assistant.locale import t
from assistant.page import policy, style
from assistant.render import csv_text, footer, is_numeric, number_text
from assistant.report.document import Document, Item
from assistant.report.view import shown_cell

FIRST_ROWS = 1_000
"""Rows of one table; the data to download has all."""


def html(document: Document, *, for_print: bool = False) -> str:
    """The whole page. `for_print` leaves out what paper cannot do."""
    script = "" if for_print else _asset("page.js")
    return _template().render(
        document=document,
        style=Markup(style()),
        script=Markup(script),
        policy=policy(script),
        for_print=for_print,
        paragraphs=_paragraphs,
        chart=_chart,
        lone=_is_lone,
        rows=_rows,
        columns=_columns,
        rows_told=_rows_told,
        data_uri=_data_uri,
        provenance=_provenance,
        say=lambda key, **slots: t(f"report.{key}", document.lang, **slots),
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("page.html.j2"))


@cache
def _asset(name: str) -> str:
    return files("assistant.report").joinpath("page", name).read_text(encoding="utf-8")


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _chart(item: Item) -> Markup:
    if item.chart is None or not item.finished.ok:
        return Markup()
    # ElementTree has escaped every text in it.
    return Markup(draw(item.chart, item.question.title, japanese=item.lang == "ja"))


def _is_lone(item: Item) -> bool:
    """Whether the one cell stands above already, in large letters."""
    result = item.result
    return bool(item.chart and item.chart.kind == "number" and result and len(result.columns) == 1)


def _columns(result: QueryResult) -> list[tuple[str, bool]]:
    """Names, and whether they hold numbers."""
    return [(column.name, is_numeric(column)) for column in result.columns]


def _rows(item: Item) -> list[list[tuple[str, str]]]:
    """(text, class) of each cell."""
    result = item.result
    assert result is not None
    formats = item.question.formats
    return [
        [
            (shown_cell(cell, column, formats), _class(column, cell is None))
            for cell, column in zip(row, result.columns, strict=True)
        ]
        for row in result.rows[:FIRST_ROWS]
    ]


def _class(column: Column, null: bool) -> str:
    return "null" if null else "n" if is_numeric(column) else ""


def _rows_told(item: Item) -> str:
    """How many rows are shown of how many, where some are not."""
    result, full = item.result, item.finished.answer.result
    assert result is not None
    assert full is not None
    shown = min(result.row_count, FIRST_ROWS)
    if shown == full.row_count:
        return ""
    return t(
        "report.rows_of", item.lang, shown=number_text(shown), total=number_text(full.row_count)
    )


def _data_uri(item: Item) -> str:
    """All rows as CSV with a byte order mark, which spreadsheets ask for."""
    result = item.finished.answer.result
    assert result is not None
    content = base64.b64encode(csv_text(result).encode("utf-8-sig")).decode()
    return f"data:text/csv;charset=utf-8;base64,{content}"


def _provenance(item: Item) -> str:
    answer = item.finished.answer
    cost = footer(answer.usage, item.lang) if answer.usage.calls else ""
    return " · ".join(filter(None, [answer.model, item.origin_text, item.finished.at[:19], cost]))
