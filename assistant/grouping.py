"""Columns that stand beside a total without being grouped: any row's value, or an error."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, equalities, own, owner, scopes_of, totals

Ungrouped = tuple[Scope, exp.Column]
Place = tuple[str, str]


def ungrouped(sql: str, schema: Schema) -> list[str]:
    """Columns that ONLY_FULL_GROUP_BY would refuse, as they are written."""
    found = (column.sql("mysql") for _, column in _ungrouped(sql, schema))
    return list(dict.fromkeys(found))


def grouped_too(sql: str, schema: Schema) -> Iterator[Mend]:
    """A column is grouped too where another of its table is already, or where it is counted."""
    for scope, column in _ungrouped(sql, schema):
        tables = base_tables(scope, schema)
        keys = _keys(scope)
        last = keys[-1] if keys else None
        if not isinstance(last, exp.Column) or "end" not in last.this.meta:
            continue
        alias = owner(column, tables)
        beside = any(isinstance(key, exp.Column) and owner(key, tables) == alias for key in keys)
        if beside or column in [count.this for count in own(scope, exp.Count)]:
            end = last.this.meta["end"] + 1
            yield Mend(end, end, f", {column.sql('mysql')}", f"GROUP BY …, {column.sql('mysql')}")


def _ungrouped(sql: str, schema: Schema) -> Iterator[Ungrouped]:
    for scope in scopes_of(sql):
        select = scope.expression
        if not isinstance(select, exp.Select) or not totals(select):
            continue
        tables = base_tables(scope, schema)
        if len(tables) < len(scope.sources):  # what a derived table is grouped by is not known
            continue
        keys = _keys(scope)
        grouped = _grouped(scope, keys, tables)
        written = {key.sql() for key in keys}
        for projection in select.expressions:
            for column in _bare_columns(projection, written):
                place = _place(column, tables)
                if place and place not in grouped and not _determined(place, grouped, tables):
                    yield scope, column


def _grouped(scope: Scope, keys: list[exp.Expr], tables: dict[str, Table]) -> set[Place]:
    """The columns with one value a group: keys, what equals a key, and what equals a literal."""
    found = {
        place for key in keys if isinstance(key, exp.Column) and (place := _place(key, tables))
    }
    for equal in own(scope, exp.EQ):
        if isinstance(equal.this, exp.Column) and isinstance(equal.expression, exp.Literal):
            found |= {place for place in [_place(equal.this, tables)] if place}
    for a, x, b, y in equalities(scope, tables):
        one, other = (a, x.lower()), (b, y.lower())
        if one in found or other in found:
            found |= {one, other}
    return found


def _bare_columns(projection: exp.Expr, keys: set[str]) -> Iterator[exp.Column]:
    """Columns of a projection outside of totals, windows, subqueries and what is grouped by."""
    if projection.sql() in keys or projection.alias in keys:
        return
    if isinstance(projection, exp.Column):
        yield projection
    elif not isinstance(projection, exp.AggFunc | exp.Window | exp.Query):
        for part in projection.iter_expressions():
            yield from _bare_columns(part, keys)


def _keys(scope: Scope) -> list[exp.Expr]:
    """What the SELECT groups by, a position as the projection that it means."""
    group = scope.expression.args.get("group")
    projections = scope.expression.expressions
    named = {projection.alias: projection.unalias() for projection in projections}
    keys = []
    for key in group.expressions if group else []:
        if isinstance(key, exp.Literal) and key.is_int and int(key.this) <= len(projections):
            keys.append(projections[int(key.this) - 1].unalias())
        elif isinstance(key, exp.Column) and not key.table and key.name in named:
            keys += [key, named[key.name]]
        else:
            keys.append(key)
    return keys


def _place(column: exp.Column, tables: dict[str, Table]) -> Place | None:
    alias = owner(column, tables)
    return (alias, column.name.lower()) if alias else None


def _determined(place: Place, grouped: set[Place], tables: dict[str, Table]) -> bool:
    """Whether the grouping holds the key of the column's table, and so one value of it."""
    alias, _ = place
    key = tables[alias].primary_key
    return bool(key) and all((alias, column.lower()) in grouped for column in key)
