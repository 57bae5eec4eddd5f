"""Joins against the keys: a foreign key compared with another table's, and ON before its table."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, compared_within, equalities, parsed, scopes_of


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
    table_end = _span(join.this)[1]
    start, end = _span(join.args["on"])
    behind = _span(later.args["on"])[1]
    condition = sql[start:end]
    yield Mend(table_end, end, "", f"ON {condition} ↷")
    yield Mend(behind, behind, f" AND {condition}", f"ON {condition} ↷")


def _span(expression: exp.Expr) -> tuple[int, int]:
    """From the first to behind the last character of its names and literals."""
    placed = [node.meta for node in expression.walk() if "start" in node.meta]
    return min(meta["start"] for meta in placed), max(meta["end"] for meta in placed) + 1
