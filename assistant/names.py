"""Names that the schema lacks: the one that was nearly written, and the join that was forgotten."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, scopes_of

_NEAR = 0.8
_CLAUSE = re.compile(r"\b(?:WHERE|GROUP\s+BY|HAVING|ORDER\s+BY|LIMIT)\b|$", re.IGNORECASE)


def near_tables(sql: str, schema: Schema) -> Iterator[Mend]:
    """A table that does not exist gets the one name that is near."""
    for scope in scopes_of(sql):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and not schema.table(source.name):
                right = near(source.name, (table.name for table in schema.tables))
                if right and (mend := _renamed(source.this, right)):
                    yield mend


def near_columns(sql: str, schema: Schema) -> Iterator[Mend]:
    """A column that no table of the SELECT has gets the one name there that is near."""
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        if len(tables) < len(scope.sources):  # a derived table may have it
            continue
        known = set(_aliases(scope))
        for column in scope.columns:
            named = [tables[column.table]] if column.table in tables else list(tables.values())
            if any(table.column(column.name) for table in tables.values()):
                continue
            if column.name.lower() in known or scope.parent is not None:
                continue
            names = {found.name for table in named for found in table.columns}
            right = near(column.name, names)
            if (
                right
                and not _elsewhere(column.name, schema)
                and (mend := _renamed(column.this, right))
            ):
                yield mend


def near(name: str, names: Iterable[str]) -> str | None:
    """The one name that is this one but for case, underscores, plural or a typing error.

    Another word in its place is no typing error: return_rate is not return_date.
    """
    known = list(dict.fromkeys(names))
    same = [other for other in known if _plain(other) == _plain(name)]
    close = same or [other for other in known if _mistyped(name.lower(), other.lower())]
    return close[0] if len(close) == 1 else None


def _mistyped(name: str, other: str) -> bool:
    """Whether each word of the one is the other's, or begins alike and differs little."""
    words, others = name.split("_"), other.split("_")
    return len(words) == len(others) and all(
        one[:1] == two[:1] and SequenceMatcher(None, one, two).ratio() >= _NEAR
        for one, two in zip(words, others, strict=True)
    )


def forgotten_join(sql: str, schema: Schema) -> Iterator[Mend]:
    """The table that a column needs is joined, where one foreign key of the SELECT leads there.

    Only from the many-side to the one-side: such a join repeats no row.
    """
    scopes = scopes_of(sql)
    if len(scopes) != 1:
        return
    [scope] = scopes
    tables = base_tables(scope, schema)
    missing = {owner.name: owner for owner in _missing_owners(scope, tables, schema)}
    for owner in missing.values():
        ways = [
            f"JOIN {owner.name} ON {alias}.{key.columns[0]} = {owner.name}.{key.ref_columns[0]}"
            for alias, table in tables.items()
            for key in table.foreign_keys
            if key.table == owner.name and len(key.columns) == 1
        ]
        if len(ways) == 1 and (clause := _CLAUSE.search(sql, _tables_end(scope))):
            yield Mend(clause.start(), clause.start(), f" {ways[0]} ", f"+ {ways[0]}")


def _tables_end(scope: Scope) -> int:
    """Behind the name of the last table; what comes before may hold any word."""
    tables = scope.expression.find_all(exp.Table)
    return max((table.this.meta.get("end", 0) for table in tables), default=0)


def _missing_owners(scope: Scope, tables: dict[str, Table], schema: Schema) -> Iterator[Table]:
    aliases = set(_aliases(scope))
    for column in scope.columns:
        if column.table in scope.sources or (not column.table and column.name.lower() in aliases):
            continue
        if named := unjoined_owner(column, scope, schema):
            yield named
            continue
        if any(table.column(column.name) for table in tables.values()):
            continue
        owners = [
            table
            for table in schema.owners(column.name)
            if not column.table or table.name == column.table
        ]
        if len(owners) == 1:
            yield owners[0]


def unjoined_owner(column: exp.Column, scope: Scope, schema: Schema) -> Table | None:
    """The table that the column is written of by its own name, where it is not joined yet."""
    table = schema.table(column.table)
    joined = (source.name for source in scope.sources.values() if isinstance(source, exp.Table))
    return table if table and table.column(column.name) and table.name not in joined else None


def _aliases(scope: Scope) -> Iterator[str]:
    for projection in scope.expression.expressions:
        if projection.alias:
            yield projection.alias.lower()


def _elsewhere(name: str, schema: Schema) -> bool:
    """Whether another table has the column: then a join is missing, not a letter."""
    return next(schema.owners(name), None) is not None


def _renamed(identifier: exp.Expr, right: str) -> Mend | None:
    if "start" not in identifier.meta:
        return None
    start, end = identifier.meta["start"], identifier.meta["end"] + 1
    return Mend(start, end, right, f"{identifier.name} → {right}")


def _plain(name: str) -> str:
    return name.lower().replace("_", "").removesuffix("s")
