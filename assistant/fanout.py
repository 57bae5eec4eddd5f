"""Joins that multiply rows: a sum over the one-side after a join of the many-side counts twice."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.schema import Schema, Table
from assistant.scopes import base_tables, equalities, own, owner, scopes_of

Edge = tuple[str, str, str, str]
"""alias, column, other alias, its column"""


def multiplied(sql: str, schema: Schema) -> list[tuple[str, str]]:
    """(aggregate, table) of every total whose rows a join of `table` repeats."""
    found = []
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        if len(tables) > 1:
            found += list(_in_select(scope, tables))
    return list(dict.fromkeys(found))


def repeated(alias: str, scope: Scope, tables: dict[str, Table]) -> bool:
    """Whether the joins of this SELECT give rows of `alias` several times."""
    return repeater(alias, scope, tables) is not None


def repeater(alias: str, scope: Scope, tables: dict[str, Table]) -> str | None:
    """The alias whose join gives each row of `alias` several times; None when none does."""
    return _repeater(alias, equalities(scope, tables), tables)


def _in_select(scope: Scope, tables: dict[str, Table]) -> Iterator[tuple[str, str]]:
    edges = equalities(scope, tables)
    for total in own(scope, exp.Sum, exp.Avg, exp.Count):
        if isinstance(total.parent, exp.Window):
            continue
        of = _totalled(total, tables, scope)
        repeaters = [_repeater(alias, edges, tables) for alias in of]
        if of and all(repeaters):
            yield total.sql("mysql"), tables[str(repeaters[0])].name


def _totalled(total: exp.Expr, tables: dict[str, Table], scope: Scope) -> set[str]:
    """The tables whose columns are totalled; none where each counts once or that is not known."""
    if isinstance(total.this, exp.Distinct):
        return set()
    columns = list(total.find_all(exp.Column))
    if isinstance(total, exp.Count):
        return _counted(columns, tables, scope) if len(columns) == 1 else set()
    owners = {owner(column, tables) for column in columns}
    return set() if None in owners else {str(alias) for alias in owners}


def _counted(columns: list[exp.Column], tables: dict[str, Table], scope: Scope) -> set[str]:
    """Whose rows COUNT means: c.id those of c; o.customer_id too, unless each c is counted for."""
    [column] = columns
    alias = owner(column, tables)
    if alias is None:
        return set()
    if tables[alias].primary_key == (column.name,):
        return {alias}
    meant = [
        b for a, x, b, y in _both_ways(scope, tables)
        if (a, x) == (alias, column.name) and tables[b].primary_key == (y,)
    ]  # fmt: skip
    return {one for one in meant if one not in _grouped(scope, tables)}


def _both_ways(scope: Scope, tables: dict[str, Table]) -> Iterator[Edge]:
    for a, x, b, y in equalities(scope, tables):
        yield from ((a, x, b, y), (b, y, a, x))


def _grouped(scope: Scope, tables: dict[str, Table]) -> set[str | None]:
    """The tables that the SELECT groups by a column of."""
    group = scope.expression.args.get("group")
    return {owner(column, tables) for column in group.find_all(exp.Column)} if group else set()


def _repeater(alias: str, edges: list[Edge], tables: dict[str, Table]) -> str | None:
    """The table whose join gives each row of `alias` several times; None when none does."""
    seen, waiting = {alias}, [alias]
    while waiting:
        here = waiting.pop()
        for near, _, far, column in [*edges, *((f, fc, n, nc) for n, nc, f, fc in edges)]:
            if near != here or far in seen:
                continue
            if not _unique(tables[far], _columns_to(far, here, edges) | {column}):
                return far
            seen.add(far)
            waiting.append(far)
    return None


def _columns_to(alias: str, other: str, edges: list[Edge]) -> set[str]:
    """The columns of `alias` that are joined with `other`."""
    return {ac for a, ac, b, _ in edges if (a, b) == (alias, other)} | {
        bc for a, _, b, bc in edges if (b, a) == (alias, other)
    }


def _unique(table: Table, columns: set[str]) -> bool:
    """Whether these columns name one row at most."""
    lowered = {column.lower() for column in columns}
    return bool(table.primary_key) and {key.lower() for key in table.primary_key} <= lowered
