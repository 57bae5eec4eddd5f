"""A total that a question compares and a statement does not.

"An average price above 200" is no price above 200. Only what the keys of the schema make certain
is changed.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.fanout import repeated
from assistant.folding import fold
from assistant.having import COUNTERS
from assistant.mends import Mend
from assistant.nouns import english, japanese
from assistant.once import grouping, the_listed
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, begin, end_of_conditions, only, owner, spelled

_AVERAGE = re.compile(r"(?:\b(?:average|avg|mean)\b|平均)[^.?。、\d]*$")
_TOTAL = re.compile(r"(?:\b(?:total|combined)\b|累計|合計|総額|通算)[^.?。、\d]*$")
_TOTAL_BEHIND = re.compile(r"^[^.?。、\d]{0,12}\b(?:in total|in all|altogether|combined|overall)\b")
_COMPARED = re.compile(r"\s*(?P<sign>>=|<=|>|<)\s*(?P<number>\d+(?:\.\d+)?)(?![\w.])")


def compared_as_total(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """WHERE price > 200 becomes HAVING AVG(price) > 200 where the question says "average"."""
    for scope in only(sql):
        tree, tables = scope.expression, base_tables(scope, schema)
        listed = the_listed(tree, tables)
        if listed is None or tree.args.get("having") or not repeated(listed, scope, tables):
            continue
        others = (c for c in tree.find_all(exp.Column) if owner(c, tables) not in {None, listed})
        moves = (
            list(_moved(sql, column, listed, scope, tables, fold(question)))
            for column in others
            if _must_hold(column)
        )
        yield from next(filter(None, moves), [])  # there is one HAVING


def _must_hold(column: exp.Column) -> bool:
    """Whether it is compared in WHERE, in a condition without which no row comes."""
    above = column.parent.parent if column.parent else None
    while isinstance(above, exp.And):
        above = above.parent
    return isinstance(above, exp.Where)


def _moved(
    sql: str,
    column: exp.Column,
    listed: str,
    scope: Scope,
    tables: dict[str, Table],
    question: str,
) -> Iterator[Mend]:
    if "end" not in column.this.meta or "start" not in begin(column).meta:
        return
    start, end = begin(column).meta["start"], column.this.meta["end"] + 1
    compared = _COMPARED.match(sql, end)
    if compared is None or not isinstance(column.parent, exp.GT | exp.GTE | exp.LT | exp.LTE):
        return
    if not (total := _total(column, compared["number"], tables, question)):
        return
    condition = f"{total} {compared['sign']} {compared['number']}"
    told = f"{sql[start : compared.end()]} → HAVING {condition}"
    yield Mend(*_with_its_word(sql, start, compared.end()), "", told)
    place = end_of_conditions(sql, scope.expression)
    group = "" if scope.expression.args.get("group") else grouping(scope, listed, tables)
    yield Mend(place, place, f"{group} HAVING {condition} ", told)


def _total(column: exp.Column, number: str, tables: dict[str, Table], question: str) -> str | None:
    """The total that the question compares with the number; None where it says none."""
    for found in re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", _bare(question)):
        before, behind = _bare(question)[: found.start()], _bare(question)[found.end() :]
        if counted := _counted(before, behind, tables):
            return counted
        if _AVERAGE.search(before):
            return f"AVG({column.sql('mysql')})"
        if _TOTAL.search(before) or _TOTAL_BEHIND.search(behind):
            return f"SUM({column.sql('mysql')})"
    return None


def _bare(question: str) -> str:
    """1,000 as 1000."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", question)


def _counted(before: str, behind: str, tables: dict[str, Table]) -> str | None:
    """COUNT where the number is one of rows of a table: "3 reviews", レビューが3件."""
    for alias, table in tables.items():
        called = re.search(rf"(?:{japanese(table)})[がをの]?\s*$", before)
        said = re.match(rf"\s+(?:[a-z-]+ )?{english(table.name)}\b", behind)
        if len(table.primary_key) == 1 and (
            said or (called and re.match(COUNTERS, behind.lstrip()))
        ):
            return f"COUNT(DISTINCT {spelled(alias, table.primary_key[0])})"
    return None


def _with_its_word(sql: str, start: int, end: int) -> tuple[int, int]:
    """The condition's place together with the AND, or else the WHERE, that it leaves behind."""
    if found := re.search(r"\bAND\s+$", sql[:start], re.IGNORECASE):
        return found.start(), end
    if found := re.match(r"\s+AND\s+", sql[end:], re.IGNORECASE):
        return start, end + found.end()
    found = re.search(r"\bWHERE\s+$", sql[:start], re.IGNORECASE)
    return (found.start() if found else start), end
