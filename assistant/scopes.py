"""A statement taken apart: its SELECTs, and which tables of the schema each reads."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from assistant.schema import Schema, Table


def parsed(sql: str) -> exp.Expr | None:
    """The tree of the statement; None when it is not understood."""
    try:
        return sqlglot.parse_one(sql, read="mysql")
    except SqlglotError:
        return None


def scopes_of(sql: str) -> list[Scope]:
    """Every SELECT of the statement, the inner ones first; none when it is not understood."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Query):
        return []
    try:
        return traverse_scope(tree)
    except SqlglotError:
        return []


def base_tables(scope: Scope, schema: Schema) -> dict[str, Table]:
    """The tables of the schema in this SELECT, by alias; derived tables are left out."""
    found = {}
    for alias, source in scope.sources.items():
        table = schema.table(source.name) if isinstance(source, exp.Table) else None
        if table:
            found[alias] = table
    return found


def owner(column: exp.Column, tables: dict[str, Table]) -> str | None:
    """The alias under which the column stands; None when it is not certain."""
    if column.table:
        found = tables.get(column.table)
        return column.table if found and found.column(column.name) else None
    owners = [alias for alias, table in tables.items() if table.column(column.name)]
    return owners[0] if len(owners) == 1 else None


def own(scope: Scope, *kinds: type[exp.Expr]) -> list[exp.Expr]:
    """Nodes of these kinds in this SELECT itself, not in its subqueries."""
    return list(scope.find_all(*kinds))


def equalities(scope: Scope, tables: dict[str, Table]) -> list[tuple[str, str, str, str]]:
    """(alias, column, other alias, its column) of every pair of columns that must be equal."""
    found = []
    for equal in own(scope, exp.EQ):
        left, right = equal.this, equal.expression
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            a, b = owner(left, tables), owner(right, tables)
            if a and b and a != b:
                found.append((a, left.name, b, right.name))
    return found


def equals_itself(column: exp.Column, alias: str) -> bool:
    """Whether the column under this alias would stand on both sides of = or <>."""
    equal = column.parent
    if not isinstance(equal, exp.EQ | exp.NEQ):
        return False
    other = equal.expression if equal.this is column else equal.this
    return isinstance(other, exp.Column) and (other.table, other.name) == (alias, column.name)


def compared_within(query: exp.Expr) -> bool:
    """Whether the SELECT stands behind IN."""
    around = query.parent
    return isinstance(around, exp.In) or isinstance(around and around.parent, exp.In)


def filters(sql: str) -> list[str]:
    """The conditions of every WHERE, joins left out."""
    conditions = []
    for scope in scopes_of(sql):
        where = scope.expression.args.get("where")
        if where:
            parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
            conditions += [part.sql("mysql") for part in parts if not _joins(part)]
    return list(dict.fromkeys(conditions))


def _joins(condition: exp.Expr) -> bool:
    """Whether it compares two columns."""
    return isinstance(condition, exp.EQ) and all(
        isinstance(side, exp.Column) for side in (condition.this, condition.expression)
    )


def spelled(*names: str) -> str:
    """The names joined by dots, each in back quotes where MySQL wants them: `order`.id."""
    return ".".join(exp.to_identifier(name).sql("mysql") for name in names)


def totals(select: exp.Expr) -> bool:
    """Whether the SELECT itself has a total; one of a window or a subquery groups no rows."""
    return any(
        total.find_ancestor(exp.Window, exp.Select) is select
        for projection in select.expressions
        for total in projection.find_all(exp.AggFunc)
    )


def only(sql: str) -> Iterator[Scope]:
    """The SELECT of a statement that has no other."""
    scopes = scopes_of(sql)
    if len(scopes) == 1 and isinstance(scopes[0].expression, exp.Select):
        yield scopes[0]


def begin(column: exp.Column) -> exp.Identifier:
    """The identifier with which the column begins in the statement."""
    found: exp.Identifier = column.args.get("table") or column.this
    return found


def end_of_conditions(sql: str, tree: exp.Expr) -> int:
    """Where ORDER BY begins, or else LIMIT, or the end: behind all that chooses rows."""
    for part, word in (("order", r"\bORDER\s+BY\b"), ("limit", r"\bLIMIT\b")):
        if tree.args.get(part):
            *_, found = re.finditer(word, sql, re.IGNORECASE)
            return found.start()
    return len(sql.rstrip("; \n"))


def names_rows(part: exp.Expr, tables: dict[str, Table]) -> bool:
    """Whether it is a key or a name of its table's rows."""
    column = part.unalias()
    alias = owner(column, tables) if isinstance(column, exp.Column) else None
    table = tables[alias] if alias else None
    return bool(table and column.name in {*table.primary_key, *table.naming})


def above_it(alias: str | None, tables: dict[str, Table]) -> set[str]:
    """It and the tables of which a row of it has one each: what its keys point at, and so on."""
    found = {alias} if alias else set()
    for _ in tables:
        pointed = {key.table for one in found for key in tables[one].foreign_keys}
        found |= {other for other, table in tables.items() if table.name in pointed}
    return found


def meant(key: exp.Expr, tree: exp.Expr) -> exp.Expr:
    """The projection that a position or an alias in GROUP BY or ORDER BY stands for, or the key."""
    projections: list[exp.Expr] = tree.expressions
    if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.this) <= len(projections):
        return projections[int(key.this) - 1]
    if isinstance(key, exp.Column) and not key.table:
        return next((one for one in projections if one.alias == key.name), key)
    return key
