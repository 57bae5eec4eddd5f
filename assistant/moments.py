"""The last day of a period includes its hours: what BETWEEN two dates forgets on a DATETIME."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.mends import Mend
from assistant.schema import Schema
from assistant.scopes import base_tables, own, owner, scopes_of

_MOMENTS = {"datetime", "timestamp"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def whole_days(sql: str, schema: Schema) -> Iterator[Mend]:
    """An upper bound that is a day becomes that day's last second, on columns that hold hours."""
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        for condition in own(scope, exp.Between, exp.LTE):
            column = condition.this
            bound = condition.args.get("high") or condition.expression
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            found = tables[alias].column(column.name) if alias else None
            if found and found.base_type in _MOMENTS and _is_day(bound):
                start, end = bound.meta["start"], bound.meta["end"] + 1
                yield Mend(start, end, f"'{bound.this} 23:59:59'", f"… {bound.this} 23:59:59")


def _is_day(bound: exp.Expr) -> bool:
    literal = isinstance(bound, exp.Literal) and bound.is_string and "start" in bound.meta
    return literal and _DAY.fullmatch(bound.this) is not None
