"""Conditions on what is listed that the question says and the statement leaves out.

"Products with at least 3 reviews", "customers who bought in every quarter", "who gave both 5 and
1": none of these holds for a single row of the join; each becomes HAVING. Only what the keys of
the schema make certain is added, and only one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.asked import asks_for_both
from assistant.fanout import repeated
from assistant.folding import fold
from assistant.mends import Mend
from assistant.nouns import either, english, japanese
from assistant.numerals import WORDS
from assistant.once import each_of, grouping, the_listed
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, end_of_conditions, only, owner, spelled

COUNTERS = r"(?:件|回|個|点|人|名|つ|本|冊|台|枚)"
_NUMBER = rf"(?P<number>\d+|{'|'.join(WORDS)})"
_FROM = r"\b(?:(?P<least>at least|no fewer than)|(?P<more>(?<!no )more than|over)) "
_FROM_JA = "(?:(?P<least>以上)|(?P<more>より多[くい]?|を超え[るた]|超))"
_PERIODS = {"quarter": 4, "month": 12, "四半期": 4, "月": 12}
_FUNCTIONS = {"quarter": "QUARTER", "月": "MONTH", "month": "MONTH", "四半期": "QUARTER"}
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EVERY = re.compile(
    r"\bin (?:every|all)(?: single| of the)?(?: four| 4| twelve| 12)? (?P<en>quarter|month)s?\b"
    r"|(?P<ja>四半期|月)の?(?:すべて|全て|全部)[でに]|(?:すべて|全て)の(?P<each>四半期|月)[でに]"
    r"|毎(?P<mai>四半期|月)"
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A statement that lists rows of one table, each of which stands for several of the join."""

    alias: str
    scope: Scope
    tables: dict[str, Table]
    question: str
    sql: str


def said_of_the_listed(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """+ HAVING COUNT(DISTINCT reviews.id) >= 3 where the question says "at least 3 reviews"."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed = the_listed(tree, tables)
        if listed is None or tree.args.get("having") or not repeated(listed, scope, tables):
            continue
        if tree.args.get("group") and listed not in each_of(tree, tables):
            continue
        found = _Listed(listed, scope, tables, fold(question), sql)
        conditions = [*_at_least(found), *_both(found)]
        if schema.flavour != "sqlite":  # it has no QUARTER
            conditions += _in_every(found)
        if len(conditions) == 1:
            group = "" if tree.args.get("group") else grouping(scope, listed, tables)
            place, having = end_of_conditions(sql, tree), f"HAVING {conditions[0]}"
            yield Mend(place, place, f"{group} {having} ", f"+ {having}")


def _at_least(listed: _Listed) -> Iterator[str]:
    """Counts the orders of each where it says "with more than two orders"."""
    for alias, table in listed.tables.items():
        key = table.primary_key
        found = _counted(table, listed.question) if len(key) == 1 else None
        if found is None or alias == listed.alias or not _is_of_the_listed(found, alias, listed):
            continue
        number = WORDS.get(found["number"]) or int(found["number"])
        sign = ">=" if found["least"] else ">"
        if (sign, number) != (">=", 1) and not re.search(rf"\b{number}\b", listed.sql):
            yield f"COUNT(DISTINCT {spelled(alias, key[0])}) {sign} {number}"


def _counted(table: Table, question: str) -> re.Match[str] | None:
    """Where the question says how many rows of the table there must be."""
    called = f"(?:{japanese(table)})"
    ways = (
        rf"{_FROM}{_NUMBER} (?:[a-z-]+ )?{english(table.name)}\b",
        rf"{called}[がをの]?{_NUMBER}{COUNTERS}{_FROM_JA}",
        rf"{_NUMBER}{COUNTERS}{_FROM_JA}の?{called}",
    )
    return next((found for way in ways if (found := re.search(way, question))), None)


def _is_of_the_listed(found: re.Match[str], counted: str, listed: _Listed) -> bool:
    """Whether the nearest other noun is what is listed: before it, in Japanese behind it."""
    nouns = sorted(
        (noun.start(), alias)
        for alias, table in listed.tables.items()
        for noun in re.finditer(either(table), listed.question)
        if alias != counted
    )
    before = [alias for place, alias in nouns if place < found.start()][::-1]
    behind = [alias for place, alias in nouns if place >= found.end()]
    first, second = (before, behind) if listed.question.isascii() else (behind, before)
    return (first or second or [listed.alias])[0] == listed.alias


def _in_every(listed: _Listed) -> Iterator[str]:
    """Each of four "in every quarter of 2025", by the date that the statement asks of."""
    said = _EVERY.search(listed.question)
    where = listed.scope.expression.args.get("where")
    if said is None or where is None or len(set(_YEAR.findall(where.sql()))) != 1:
        return
    period = next(filter(None, said.groups()))
    days = {c.sql("mysql") for c in where.find_all(exp.Column) if _is_date(c, listed.tables)}
    if len(days) == 1:
        yield f"COUNT(DISTINCT {_FUNCTIONS[period]}({days.pop()})) = {_PERIODS[period]}"


def _is_date(column: exp.Column, tables: dict[str, Table]) -> bool:
    alias = owner(column, tables)
    found = tables[alias].column(column.name) if alias else None
    return found is not None and found.base_type in {"date", "datetime", "timestamp"}


def _both(listed: _Listed) -> Iterator[str]:
    """Both of two values: rating IN (5, 1) lets pass who gave one of them."""
    where = listed.scope.expression.args.get("where")
    if where is None or not asks_for_both(listed.question):
        return
    for part in where.this.flatten() if isinstance(where.this, exp.And) else (where.this,):
        of = _of_two(part.unnest())
        columns = of.find_all(exp.Column) if of else ()
        owners = {owner(column, listed.tables) for column in columns}
        if of and owners and not owners & {None, listed.alias}:
            yield f"COUNT(DISTINCT {of.sql('mysql')}) = 2"


def _of_two(condition: exp.Expr) -> exp.Expr | None:
    """What is compared with two values, either of which will do."""
    if isinstance(condition, exp.In):
        values, sides = condition.expressions, [condition.this]
    elif isinstance(condition, exp.Or):
        parts = [condition.left.unnest(), condition.right.unnest()]
        if not all(isinstance(part, exp.EQ) for part in parts):
            return None
        values, sides = [part.expression for part in parts], [part.this for part in parts]
    else:
        return None
    literal = len(set(values)) == 2 and all(isinstance(one, exp.Literal) for one in values)
    return sides[0] if literal and len(set(sides)) == 1 else None
