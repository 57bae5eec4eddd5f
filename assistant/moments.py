"""Days compared with what is no day: a moment, whose last day has hours, or a month as text."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.mends import Mend, written
from assistant.schema import Schema
from assistant.scopes import base_tables, own, owner, scopes_of

_MOMENTS = {"datetime", "timestamp"}
_MONTH = re.compile(r"(?:var)?char\(7\)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def fitting_days(sql: str, schema: Schema) -> Iterator[Mend]:
    """An upper bound of a column with hours is the day's last second; a month is written as one."""
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        for condition in own(scope, exp.Between, exp.LTE):
            column = condition.this
            bound = condition.args.get("high") or condition.expression
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            found = tables[alias].column(column.name) if alias else None
            if found and found.base_type in _MOMENTS and is_day(bound):
                yield written(bound, f"{bound.this} 23:59:59")
        for literal, column in _compared(scope.expression):
            alias = owner(column, tables)
            found = tables[alias].column(column.name) if alias else None
            if found and _MONTH.fullmatch(found.type) and is_day(literal):
                yield written(literal, literal.this[:7])


def _compared(select: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Column]]:
    """Literals and the columns that they are compared with."""
    for condition in select.find_all(exp.Between, exp.LTE, exp.LT, exp.GTE, exp.GT, exp.EQ):
        bounds = (condition.args.get(key) for key in ("low", "high", "expression"))
        for literal in bounds:
            if isinstance(condition.this, exp.Column) and isinstance(literal, exp.Literal):
                yield literal, condition.this


def is_day(bound: exp.Expr) -> bool:
    """Whether it is a literal such as '2025-03-31'."""
    literal = isinstance(bound, exp.Literal) and bound.is_string and "start" in bound.meta
    return literal and _DAY.fullmatch(bound.this) is not None
