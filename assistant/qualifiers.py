"""Columns under an alias whose table lacks them: the right alias, or the key that was meant."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.names import parts_of, renamed, unjoined_owner
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, equals_itself, own, scopes_of


def requalified(sql: str, schema: Schema) -> Iterator[Mend]:
    """A column under the wrong alias gets the only right one of its SELECT."""
    for scope in scopes_of(sql):
        yield from _requalified(scope, schema)


def keyed(sql: str, schema: Schema) -> Iterator[Mend]:
    """c.customer_id = o.customer_id becomes c.id where that is what the key of o points at."""
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        for equal in own(scope, exp.EQ):
            sides = (equal.this, equal.expression)
            for one, other in (sides, sides[::-1]):
                if isinstance(one, exp.Column) and isinstance(other, exp.Column):
                    yield from _keyed(one, other, tables)


def _keyed(wrong: exp.Column, key: exp.Column, tables: dict[str, Table]) -> Iterator[Mend]:
    table, other = tables.get(wrong.table), tables.get(key.table)
    if table is None or other is None or table.column(wrong.name):
        return
    referred = other.reference(key.name)
    if referred.startswith(f"{table.name}.") and (
        mend := renamed(wrong.this, referred.removeprefix(f"{table.name}."))
    ):
        yield mend


def _requalified(scope: Scope, schema: Schema) -> Iterator[Mend]:
    sources = base_tables(scope, schema)
    for column in scope.columns:
        qualifier = column.args.get("table")
        if qualifier is None or "start" not in qualifier.meta:
            continue
        if unjoined_owner(column, scope, schema):
            continue
        right = _right_alias(column, sources, scope)
        if right and right != column.table:
            told = f"{column.table}.{column.name} → {right}.{column.name}"
            start, end = qualifier.meta["start"], qualifier.meta["end"] + 1
            yield Mend(start, end, _written(right, scope), told)


def _written(alias: str, scope: Scope) -> str:
    """The alias in quotes where the statement quotes it."""
    source = scope.sources[alias]
    quoted = any(i.name == alias and i.args.get("quoted") for i in source.find_all(exp.Identifier))
    return f"`{alias}`" if quoted else alias


def _right_alias(column: exp.Column, sources: dict[str, Table], scope: Scope) -> str | None:
    """The one alias under which the column exists; None to leave it as it is."""
    named = sources.get(column.table)
    if named and (named.column(column.name) or parts_of(column.name, named)):
        return None
    if named is None and (column.table in scope.sources or _outer(column.table, scope)):
        return None
    called = [a for a, t in sources.items() if t.name == column.table and t.column(column.name)]
    owners = [alias for alias, table in sources.items() if table.column(column.name)]
    candidates = [one for one in called or owners if not equals_itself(column, one)]
    return candidates[0] if len(candidates) == 1 else None


def _outer(alias: str, scope: Scope) -> bool:
    """Whether an enclosing SELECT knows the alias."""
    parent = scope.parent
    return parent is not None and (alias in parent.sources or _outer(alias, parent))
