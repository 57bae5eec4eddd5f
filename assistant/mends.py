"""Changes to a statement, each at its place, so that all else stays as it was written."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Bound:
    """The statement to run, and what was changed: "o.product_id → l.product_id"."""

    sql: str
    mends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mend:
    """New text for [start, end) of the statement, and how to tell it."""

    start: int
    end: int
    text: str
    told: str


def mended(bound: Bound, mends: Iterable[Mend]) -> Bound:
    """The statement with these changes made; of several at one place the last counts."""
    placed = {mend.start: mend for mend in mends}
    sql = bound.sql
    for start in sorted(placed, reverse=True):
        mend = placed[start]
        sql = sql[: mend.start] + mend.text + sql[mend.end :]
    told = (placed[start].told for start in sorted(placed))
    return Bound(sql, tuple(dict.fromkeys((*bound.mends, *told))))


def written(literal: exp.Expr, text: str) -> Mend:
    """The literal as this text in quotes."""
    return replaced(literal, text, exp.Literal.string(text).sql("mysql"))


def replaced(literal: exp.Expr, text: str, code: str = "") -> Mend:
    """The literal as this text; `code`: as SQL writes it, where that is something else."""
    start, end = literal.meta["start"], literal.meta["end"] + 1
    return Mend(start, end, code or text, f"{literal.this} → {text}")
