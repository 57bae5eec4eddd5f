"""Joins against the keys: a foreign key compared with another table's, and ON before its table."""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import (
    base_tables,
    compared_within,
    equalities,
    only,
    owner,
    parsed,
    scopes_of,
    spelled,
)

JOIN = re.compile(r"(?:\b(?:INNER|LEFT(?:\s+OUTER)?)\s+)?\bJOIN\s+$", re.IGNORECASE)
"""What stands before the table that is joined."""


def misjoined(sql: str, schema: Schema) -> list[str]:
    """One fact for each foreign key that is compared with the key of a table that it does not name.

    "order_line_id of returns refers to order_lines.id, not to orders.id." A column of a subquery
    whose table lacks it is compared with itself, and told as well.
    """
    found = []
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        for a, x, b, y in equalities(scope, tables):
            found += list(_against(tables[a], x, tables[b], y))
            found += list(_against(tables[b], y, tables[a], x))
        found += list(_with_itself(scope, tables, schema))
    return list(dict.fromkeys(found))


def _with_itself(scope: Scope, tables: dict[str, Table], schema: Schema) -> Iterator[str]:
    """x IN (SELECT x FROM t) where t has no x: the database takes the outer x, and all rows fit."""
    query = scope.expression
    if not isinstance(query, exp.Select) or not compared_within(query):
        return
    if len(tables) < len(scope.sources):
        return
    for projection in query.expressions:
        column = projection.unalias()
        if isinstance(column, exp.Column) and not column.table and not _has(tables, column.name):
            owners = ", ".join(table.name for table in schema.owners(column.name))
            named = ", ".join(table.name for table in tables.values())
            yield f"{column.name} is no column of {named}, it is in {owners}."


def _has(tables: dict[str, Table], column: str) -> bool:
    return any(table.column(column) for table in tables.values())


def _against(table: Table, column: str, other: Table, key: str) -> Iterator[str]:
    reference = table.reference(column)
    is_key = other.primary_key == (key,) and not other.reference(key)
    if reference and is_key and reference != f"{other.name}.{key}":
        yield f"{column} of {table.name} refers to {reference}, not to {other.name}.{key}."


def by_way_of(sql: str, schema: Schema) -> Iterator[Mend]:
    """ON d.visit_id = p.patient_id becomes two joins, by way of the visits that have a patient."""
    for scope in only(sql):
        tables = base_tables(scope, schema)
        for join in scope.expression.args.get("joins") or []:
            condition = join.args.get("on") if join.side in ("", "LEFT") else None
            mends = list(_by_way(sql, join, condition, tables, schema)) if condition else []
            if mends:  # one way at a time: a second would join the same table again
                yield from mends
                return


def _by_way(
    sql: str, join: exp.Join, condition: exp.Expr, tables: dict[str, Table], schema: Schema
) -> Iterator[Mend]:
    """Of a table between two, whose rows the one points at and that points at the other."""
    sides = [condition.this, condition.expression] if isinstance(condition, exp.EQ) else []
    if not all(isinstance(side, exp.Column) for side in sides):
        return
    for one, other in (sides, sides[::-1]) if sides else ():
        a, b = owner(one, tables), owner(other, tables)
        if not a or not b or not list(_against(tables[a], one.name, tables[b], other.name)):
            continue
        between, _, key = tables[a].reference(one.name).partition(".")
        on = [k for k in _keys(schema.table(between)) if k[1:] == (tables[b].name, other.name)]
        found = JOIN.search(sql[: span(join.this)[0]])
        if len(on) != 1 or not found or schema.table(between) in tables.values():
            continue
        near = f"{spelled(a, one.name)} = {spelled(between, key)}"
        far = f"{spelled(between, on[0][0])} = {spelled(b, other.name)}"
        first, second = (far, near) if join.alias_or_name == a else (near, far)
        added = f"{found[0]}{spelled(between)} ON {first} "
        start, end = span(condition)
        told = f"{sql[start:end]} → {near} AND {far}"
        yield Mend(found.start(), found.start(), added, told)
        yield Mend(start, end, second, told)


def _keys(table: Table | None) -> list[tuple[str, str, str]]:
    """(column, table, its column) of every key of one column."""
    keys = table.foreign_keys if table else ()
    return [(k.columns[0], k.table, k.ref_columns[0]) for k in keys if len(k.columns) == 1]


def in_order(sql: str, schema: Schema) -> Iterator[Mend]:
    """A condition that speaks of a table joined later moves to where that table is joined."""
    tree = parsed(sql)
    for select in tree.find_all(exp.Select) if tree else ():
        joins = [join for join in select.args.get("joins") or [] if join.args.get("on")]
        for at, join in enumerate(joins):
            later = {other.this.alias_or_name: other for other in joins[at + 1 :]}
            named = [
                later[c.table] for c in join.args["on"].find_all(exp.Column) if c.table in later
            ]
            if named and not any(one.side for one in (join, *named)):
                yield from _moved(sql, join, named[-1])


def _moved(sql: str, join: exp.Join, later: exp.Join) -> Iterator[Mend]:
    table_end = span(join.this)[1]
    start, end = span(join.args["on"])
    behind = span(later.args["on"])[1]
    condition = sql[start:end]
    yield Mend(table_end, end, "", f"ON {condition} ↷")
    yield Mend(behind, behind, f" AND {condition}", f"ON {condition} ↷")


def span(expression: exp.Expr) -> tuple[int, int]:
    """From the first to behind the last character of its names and literals."""
    placed = [node.meta for node in expression.walk() if "start" in node.meta]
    return min(meta["start"] for meta in placed), max(meta["end"] for meta in placed) + 1
