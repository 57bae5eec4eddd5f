"""What code works out from rows for a text about them: totals, shares, changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from assistant.events import QueryResult
from assistant.render import cell_text, is_measure
from assistant.verification import Held

MOST_ROWS = 20
_LONGEST_NAME = 40
_VALUE = re.compile(r"-?[\d.]+(?:[-/: ][\d.]+)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A name as the model reads it, and the value; one in percent is said before a % only."""

    name: str
    value: Decimal
    percent: bool = False


def figures(result: QueryResult) -> list[Figure]:
    """Total, mean, the first rows' shares, and the change from the first to the last row."""
    found = []
    for at, column in enumerate(result.columns):
        cells = [_decimal(row[at]) for row in result.rows] if is_measure(column) else []
        numbers = [number for number in cells if number is not None]
        if len(numbers) > 1:
            found += list(_of_column(column.name, numbers))
    return found


def _of_column(name: str, numbers: list[Decimal]) -> Iterator[Figure]:
    total = sum(numbers)
    yield Figure(f"total of {name}", Decimal(total))
    yield Figure(f"mean of {name}", _short(Decimal(total) / len(numbers)))
    first, last = numbers[0], numbers[-1]
    yield Figure(f"change of {name} from the first to the last row", last - first)
    if first:
        share = _short((last - first) / abs(first) * 100)
        yield Figure(f"the same in % of {name}", share, percent=True)
    if total and min(numbers) >= 0:
        for at, number in enumerate(numbers[:MOST_ROWS], 1):
            share = _short(number / Decimal(total) * 100)
            yield Figure(f"share of row {at} in {name}, %", share, percent=True)


def lines(result: QueryResult) -> str:
    """The first rows and the figures, a line each."""
    head = " | ".join(column.name for column in result.columns)
    rows = [
        " | ".join(
            cell_text(cell, column) for cell, column in zip(row, result.columns, strict=True)
        )
        for row in result.rows[:MOST_ROWS]
    ]
    told = [f"{figure.name}: {figure.value:f}" for figure in figures(result)]
    return "\n".join([head, *rows, f"rows: {result.row_count}", *told])


def held(result: QueryResult) -> Held:
    """Every number that a text about these rows may state: of numbers and dates, not of words."""
    found = figures(result)
    cells = [str(cell) for row in result.rows for cell in row if cell is not None]
    values = [cell for cell in cells if _VALUE.fullmatch(cell)]
    parts = (Decimal(part) for value in values for part in _NUMBER.findall(value))
    counted = (abs(figure.value) for figure in found if not figure.percent)
    return Held(
        frozenset([Decimal(result.row_count), *parts, *counted]),
        frozenset(abs(figure.value) for figure in found if figure.percent),
        frozenset(cell for cell in cells if cell not in values and len(cell) <= _LONGEST_NAME),
    )


def _decimal(cell: object) -> Decimal | None:
    try:
        return Decimal(str(cell)) if cell is not None else None
    except InvalidOperation:
        return None


def _short(number: Decimal) -> Decimal:
    return round(number, 2)
