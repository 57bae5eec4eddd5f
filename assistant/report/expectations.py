"""What a question expects of its rows, and which of that does not hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.cells import as_number
from assistant.events import QueryResult
from assistant.locale import Language, t
from assistant.render import number_text

if TYPE_CHECKING:
    from assistant.report.questions import Expect

_NUMBER = r"-?\d+(?:\.\d+)?"
_COMPARED = re.compile(rf"(>=|<=|>|<|)\s*({_NUMBER})")
_SPAN = re.compile(rf"({_NUMBER})?\s*\.\.\s*({_NUMBER})?")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from `low` to `high`; None is no bound; the ends belong to it unless `open`."""

    low: Decimal | None = None
    high: Decimal | None = None
    open: bool = False

    def __contains__(self, number: Decimal) -> bool:
        above = self.low is None or number > self.low or (number == self.low and not self.open)
        below = self.high is None or number < self.high or (number == self.high and not self.open)
        return above and below


def parse_interval(text: str) -> Interval:
    """From "12", "> 0", "<= 5", "1..31", "0.." or "..100"; raises ValueError."""
    if compared := _COMPARED.fullmatch(text.strip()):
        bound, number = compared[1], Decimal(compared[2])
        low = number if bound in ("", ">", ">=") else None
        high = number if bound in ("", "<", "<=") else None
        return Interval(low, high, open=bound in (">", "<"))
    span = _SPAN.fullmatch(text.strip())
    if span is None or not (span[1] or span[2]):
        raise ValueError('write a number, "> 0", "1..31", "0.." or "..100"')
    low, high = (Decimal(end) if end else None for end in span.groups())
    return Interval(low, high)


def parse_share(text: str) -> Decimal:
    """From "20%" to 0.2; raises ValueError."""
    if share := _SHARE.fullmatch(text.strip()):
        return Decimal(share[1]) / 100
    raise ValueError('write a percentage: "20%"')


def broken(
    expect: "Expect", result: QueryResult, change: Decimal | None, lang: Language
) -> Iterator[str]:
    """A sentence for each expectation that does not hold.

    `change` is the share by which the value moved since the previous run; None when unknown.
    """
    rows = result.row_count
    if expect.rows is not None and Decimal(rows) not in parse_interval(str(expect.rows)):
        yield t("report.expect_rows", lang, count=number_text(rows), wish=expect.rows)
    for name in expect.not_null:
        yield from _nulls(result, name, lang)
    for name, interval in expect.range.items():
        yield from _outside(result, name, str(interval), lang)
    if expect.change and change is not None and abs(change) > parse_share(expect.change):
        yield t("report.expect_change", lang, change=f"{change:+.1%}", wish=expect.change)


def _cells(result: QueryResult, name: str) -> list[object] | None:
    names = [column.name.lower() for column in result.columns]
    if name.lower() not in names:
        return None
    at = names.index(name.lower())
    return [row[at] for row in result.rows]


def _nulls(result: QueryResult, name: str, lang: Language) -> Iterator[str]:
    cells = _cells(result, name)
    if cells is None:
        yield t("report.expect_column", lang, column=name)
    elif count := cells.count(None):
        yield t("report.expect_null", lang, column=name, count=number_text(count))


def _outside(result: QueryResult, name: str, wish: str, lang: Language) -> Iterator[str]:
    cells, interval = _cells(result, name), parse_interval(wish)
    if cells is None:
        yield t("report.expect_column", lang, column=name)
        return
    for cell in cells:
        number = as_number(cell) if isinstance(cell, str | int | float) else None
        if cell is not None and (number is None or number not in interval):
            yield t("report.expect_range", lang, column=name, value=cell, wish=wish)
            return
