"""From columns and rows to a chart, or to none where a table says it better.

One number is a number; values over time are a line; values over names are bars; shares of a
whole are a pie; two measures of rows without a name are a scatter. Two label columns with one
measure become one series for each second label.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from assistant.charts.chart import Chart, Kind, Series
from assistant.events import Cell, Column, QueryResult
from assistant.render import cell_text, is_measure

Wish = Literal["auto", "line", "bar", "pie", "table", "number"]
MOST_BARS, MOST_POINTS, MOST_SLICES, MOST_SERIES = 40, 400, 8, 6
FEWEST_DOTS, MOST_DOTS = 3, 5_000
_TIME = re.compile(
    r"\d{4}([-/.年](0?[1-9]|1[0-2])([-/.月]\d{1,2}日?)?月?)?([ T]\d{2}:\d{2}.*)?"
    r"|\d{4}年|\d{1,2}月|\d{4}[-年]?Q[1-4]"
)
_SHARE = re.compile(r"割合|構成比|比率|シェア|share|ratio|percent|%", re.IGNORECASE)
_TIME_NAME = re.compile(r"年|月|日付|date|month|year|day|quarter|week|四半期|週", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Roles:
    """Indexes of the columns that label and of those that measure."""

    labels: tuple[int, ...]
    measures: tuple[int, ...]


def choose(result: QueryResult, wish: Wish = "auto") -> Chart | None:
    """The chart of these rows; a wish is followed where the rows allow it."""
    if wish == "table" or not 0 < result.row_count <= MOST_DOTS:
        return None
    roles = _roles(result.columns)
    if not roles.measures:
        return None
    if result.row_count == 1 and wish in ("auto", "number") and len(roles.measures) == 1:
        return _number(result, roles.measures[0])
    if not roles.labels and len(roles.measures) == 2 and wish == "auto":
        return _scatter(result, roles.measures)
    table = _over_labels(result, roles)
    if table is None or len(table.labels) < 2:
        return None
    kind = _kind(table, result, roles) if wish in ("auto", "number") else _allowed(wish, table)
    return Chart(kind, table.category, table.labels, table.series) if kind else None


def _roles(columns: Sequence[Column]) -> _Roles:
    measures = tuple(
        at
        for at, column in enumerate(columns)
        if is_measure(column) and not (at == 0 and _TIME_NAME.search(column.name))
    )
    labels = tuple(
        at
        for at, column in enumerate(columns)
        if at not in measures and not re.search(r"(^|_)id$", column.name, re.IGNORECASE)
    )
    return _Roles(labels, measures)


def _number(result: QueryResult, at: int) -> Chart | None:
    value = _float(result.rows[0][at])
    name = result.columns[at].name
    return None if value is None else Chart("number", name, ("",), (Series(name, (value,)),))


def _scatter(result: QueryResult, measures: tuple[int, ...]) -> Chart | None:
    across, up = (
        Series(result.columns[at].name, tuple(_float(row[at]) for row in result.rows))
        for at in measures
    )
    whole = [p for p in zip(across.values, up.values, strict=True) if None not in p]
    if not FEWEST_DOTS <= len(whole) <= MOST_DOTS:
        return None
    return Chart("scatter", across.name, ("",) * result.row_count, (across, up))


def _over_labels(result: QueryResult, roles: _Roles) -> Chart | None:
    """Labels and series, of a kind to be decided; None where no column can label."""
    match roles.labels:
        case (at,):
            series = [
                Series(result.columns[m].name, tuple(_float(row[m]) for row in result.rows))
                for m in roles.measures
            ]
            return _chart(result, at, _texts(result, at), series[:MOST_SERIES])
        case (first, second) if len(roles.measures) == 1:
            return _pivoted(result, first, second, roles.measures[0])
        case (first, *_):  # the other labels describe the first one
            texts = _texts(result, first)
            series = [
                Series(result.columns[m].name, tuple(_float(row[m]) for row in result.rows))
                for m in roles.measures[:MOST_SERIES]
            ]
            return _chart(result, first, texts, series) if len(set(texts)) == len(texts) else None
        case _:
            return None


def _pivoted(result: QueryResult, first: int, second: int, measure: int) -> Chart | None:
    labels = tuple(dict.fromkeys(_texts(result, first)))
    names = tuple(dict.fromkeys(_texts(result, second)))
    if len(labels) == result.row_count:
        values = tuple(_float(row[measure]) for row in result.rows)
        return _chart(result, first, labels, [Series(result.columns[measure].name, values)])
    if len(names) > len(labels) and len(labels) <= MOST_SERIES:
        first, second, labels, names = second, first, names, labels
    if len(names) > MOST_SERIES:
        return None
    cells = {
        (label, name): _float(row[measure])
        for label, name, row in zip(
            _texts(result, first), _texts(result, second), result.rows, strict=True
        )
    }
    if len(cells) < result.row_count:  # two rows of the same labels
        return None
    series = [Series(name, tuple(cells.get((label, name)) for label in labels)) for name in names]
    return _chart(result, first, labels, series)


def _chart(result: QueryResult, at: int, labels: Sequence[str], series: list[Series]) -> Chart:
    return Chart("bar", result.columns[at].name, tuple(labels), tuple(series))


def _kind(table: Chart, result: QueryResult, roles: _Roles) -> Kind | None:
    if all(map(_TIME.fullmatch, table.labels)) and len(table.labels) >= 3:
        return _allowed("line", table)
    if len(table.series) == 1 and _SHARE.search(result.columns[roles.measures[0]].name):
        return _allowed("pie", table) or _allowed("bar", table)
    return _allowed("bar", table)


def _allowed(wish: Wish, table: Chart) -> Kind | None:
    """The wished kind, where these many labels and these values can be drawn so."""
    count = len(table.labels)
    match wish:
        case "line" if count <= MOST_POINTS:
            return "line"
        case "bar" if count <= MOST_BARS:
            return "bar"
        case "pie" if count <= MOST_SLICES and len(table.series) == 1:
            values = table.series[0].values
            whole = [value for value in values if value is not None and value >= 0]
            return "pie" if len(whole) == count and sum(whole) > 0 else None
        case _:
            return None


def _texts(result: QueryResult, at: int) -> list[str]:
    column = result.columns[at]
    return [cell_text(row[at], column) for row in result.rows]


def _float(cell: Cell) -> float | None:
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None
