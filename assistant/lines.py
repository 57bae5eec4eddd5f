"""Lines of orders that a statement joins, and neither uses nor is asked about.

They repeat each order, and leave out one without lines, as a cancelled one may be. Only what by
its name is a part of the other table, such as order_lines of orders.
"""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.fanout import repeater
from assistant.folding import fold
from assistant.joins import JOIN, span
from assistant.mends import Mend
from assistant.nouns import either
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, equalities, only, owner

_PART = re.compile(r"(?P<whole>.+?)_?(?:line|item|detail|position|entry|entrie)s?", re.IGNORECASE)
_ON = re.compile(r"\s*\bON\s+$", re.IGNORECASE)


def without_lines(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """FROM order_lines JOIN orders ON … becomes FROM orders, where only orders are counted."""
    for scope in only(sql):
        tables = base_tables(scope, schema)
        for alias, table in tables.items():
            of = _whole(alias, scope, tables)
            spoken = re.search(either(table), fold(question))
            if of and not spoken and _is_unused(alias, scope, tables):
                yield from _left_out(sql, alias, of, scope.expression)
                return


def _whole(alias: str, scope: Scope, tables: dict[str, Table]) -> str | None:
    """The alias of what these are the lines of: all that they are joined with, and repeat."""
    edges = [edge for edge in equalities(scope, tables) if alias in edge]
    of = {one for a, _, b, _ in edges for one in (a, b)} - {alias}
    part = _PART.fullmatch(tables[alias].name)
    if len(of) != 1 or len(edges) != 1 or part is None or len(tables) < len(scope.sources):
        return None
    [whole] = of
    is_part = part["whole"].lower() == tables[whole].name.lower().removesuffix("s")
    return whole if is_part and repeater(whole, scope, tables) == alias else None


def _is_unused(alias: str, scope: Scope, tables: dict[str, Table]) -> bool:
    """Whether nothing beside its join is of it, nor counts the rows that it repeats."""
    columns = [one for one in scope.find_all(exp.Column) if not one.find_ancestor(exp.Join)]
    owners = {owner(column, tables) for column in columns}
    rows = any(not count.find(exp.Column) for count in scope.find_all(exp.Count))
    return not rows and not scope.expression.is_star and not owners & {alias, None}


def _left_out(sql: str, alias: str, of: str, tree: exp.Expr) -> Iterator[Mend]:
    """Its own join goes, or, where it stands behind FROM, the join of what it is a part of."""
    joins = {join.alias_or_name: join for join in tree.args.get("joins") or []}
    join = joins.get(alias) or joins[of]
    found, on = JOIN.search(sql[: span(join.this)[0]]), join.args.get("on")
    if not found or not isinstance(on, exp.EQ) or join.side not in ("", "LEFT"):
        return
    behind, told = span(on)[1], f"{alias} → ∅"
    if alias in joins:
        yield Mend(found.start(), behind, "", told)
    elif join is next(iter(joins.values())) and not join.side:
        where = tree.args.get("from_") or tree.args["from"]
        yield Mend(span(where.this)[0], found.end(), "", told)
        if before := _ON.search(sql[: span(on)[0]]):
            yield Mend(before.start(), behind, "", told)
