"""A statement's only range of days, or only year, beside the only period of its question.

A pair of another year is copied with its dates, and a day short of a month is soon written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from assistant.dates import Period
from assistant.mends import Mend, replaced, written
from assistant.moments import is_day
from assistant.scopes import parsed

_DAY = timedelta(days=1)
_COMPARISONS = (exp.Between, exp.GTE, exp.GT, exp.LTE, exp.LT, exp.EQ, exp.NEQ, exp.In)


@dataclass(frozen=True, slots=True)
class _Range:
    """The days from `low` to `high`, which itself belongs to them or does not."""

    low: exp.Expr
    high: exp.Expr
    beyond: timedelta

    @property
    def first(self) -> date:
        return date.fromisoformat(self.low.this)

    @property
    def last(self) -> date:
        return date.fromisoformat(self.high.this) - self.beyond


def days_as_asked(sql: str, periods: Sequence[Period]) -> Iterator[Mend]:
    """The period's days instead of other ones, or of as many but one."""
    period = _only(periods)
    if period is None:
        return
    try:
        found = _only_range(sql)
        wrong = found is not None and _differs(found, period)
    except ValueError:  # no 31 June
        return
    if found and wrong and not _names_year(sql, period, found.low, found.high):
        yield written(found.low, str(period.first))
        yield written(found.high, str(period.last + found.beyond))


def year_as_asked(sql: str, periods: Sequence[Period]) -> Iterator[Mend]:
    """YEAR(x) = 2024 as the year of the period."""
    period = _only(periods)
    if period is None or period.first.year != period.last.year:
        return
    tree = parsed(sql)
    equals = tree.find_all(exp.EQ) if tree else ()
    match [equal.expression for equal in equals if isinstance(equal.this, exp.Year)]:
        case [exp.Literal() as year] if not _names_year(sql, period):
            yield replaced(year, str(period.first.year))


def _only(periods: Sequence[Period]) -> Period | None:
    return periods[0] if len(periods) == 1 and periods[0].relation == "in" else None


def _names_year(sql: str, period: Period, *but: exp.Expr) -> bool:
    """Whether the period's year stands elsewhere: then these days may be those before it."""
    for literal in sorted(but, key=lambda one: one.meta["start"], reverse=True):
        sql = sql[: literal.meta["start"]] + sql[literal.meta["end"] + 1 :]
    return any(str(day.year) in sql for day in (period.first, period.last))


def _differs(found: _Range, period: Period) -> bool:
    if found.last < period.first or period.last < found.first:
        return found.first <= found.last
    return found.first == period.first and abs(found.last - period.last) == _DAY


def _only_range(sql: str) -> _Range | None:
    """None where the statement compares with no day, with one or with more than two."""
    tree = parsed(sql)
    found = list(tree.find_all(*_COMPARISONS)) if tree else []
    match [comparison for comparison in found if any(map(is_day, comparison.iter_expressions()))]:
        case [exp.Between() as between]:
            return _bounded(between.args["low"], between.args["high"], timedelta())
        case [low, high] if low.this == high.this:
            if isinstance(low, exp.LT | exp.LTE):
                low, high = high, low
            if isinstance(low, exp.GTE) and isinstance(high, exp.LT | exp.LTE):
                beyond = _DAY if isinstance(high, exp.LT) else timedelta()
                return _bounded(low.expression, high.expression, beyond)
    return None


def _bounded(low: exp.Expr, high: exp.Expr, beyond: timedelta) -> _Range | None:
    return _Range(low, high, beyond) if is_day(low) and is_day(high) else None
