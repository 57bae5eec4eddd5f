"""Names that the schema lacks: the one that was nearly written, and the join that was forgotten."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, compared_within, equals_itself, owner, scopes_of, spelled

_NEAR = 0.8
_CLAUSE = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|[()]|(?P<clause>\b(?:WHERE|GROUP\s+BY|HAVING|ORDER\s+BY|LIMIT|UNION)\b|$)",
    re.IGNORECASE,
)
"""A literal, a bracket, or where a clause begins."""


def near_tables(sql: str, schema: Schema) -> Iterator[Mend]:
    """A table that does not exist gets the one name that is near."""
    for scope in scopes_of(sql):
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and not schema.table(source.name):
                right = near(source.name, (table.name for table in schema.tables))
                if right and (mend := renamed(source.this, right)):
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
            if any(table.column(column.name) for table in _meant(column, tables)):
                continue
            if column.name.lower() in known or scope.parent is not None:
                continue
            right = _near_column(column, named, schema)
            if right and (mend := renamed(column.this, right)):
                yield mend


def _meant(column: exp.Column, tables: dict[str, Table]) -> list[Table]:
    """The tables that may have meant the column: its own where that has one with a longer name."""
    named = tables.get(column.table)
    return [named] if named and parts_of(column.name, named) else list(tables.values())


def _near_column(column: exp.Column, named: list[Table], schema: Schema) -> str | None:
    if column.table and len(named) == 1 and (longer := parts_of(column.name, named[0])):
        return longer[0] if len(longer) == 1 else None
    if _elsewhere(column.name, schema):
        return None
    return near(column.name, {found.name for table in named for found in table.columns})


def parts_of(name: str, table: Table) -> list[str]:
    """Columns of the table whose last word is this name: first_name and last_name for name."""
    called = (
        table.primary_key if name.lower() == "id" else [column.name for column in table.columns]
    )
    return [longer for longer in called if longer.lower().endswith(f"_{name.lower()}")]


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
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        wanting: dict[tuple[str, str], list[exp.Column]] = {}
        for column, owners in _missing(scope, tables, schema):
            found = _ways(column, owners, tables)
            if len(found) == 1:
                wanting.setdefault(found[0], []).append(column)
        if wanting:
            place, ways = tables_end(sql, scope), " ".join(way for _, way in wanting)
            yield Mend(place, place, f" {ways} ", f"+ {ways}")
        for (name, _), columns in wanting.items():
            yield from _moved_there(columns, name, tables)
            if joined := schema.table(name):
                yield from told_apart(scope, tables, joined)


def told_apart(scope: Scope, tables: dict[str, Table], joined: Table) -> Iterator[Mend]:
    """Bare columns that the table to be joined has too get the name of theirs."""
    aliases = set(_aliases(scope))
    for column in scope.columns:
        alias = None if column.table or column.name.lower() in aliases else owner(column, tables)
        if alias and joined.column(column.name) and "start" in column.this.meta:
            start = column.this.meta["start"]
            told = f"{column.name} → {alias}.{column.name}"
            yield Mend(start, start, f"{spelled(alias)}.", told)


def _ways(
    column: exp.Column, owners: list[Table], tables: dict[str, Table]
) -> list[tuple[str, str]]:
    """(table, its JOIN) for each foreign key to an owner; those of the column's own table first."""
    names = {owner.name for owner in owners}
    found = [
        (
            alias,
            key.table,
            f"{spelled(alias, key.columns[0])} = {spelled(key.table, key.ref_columns[0])}",
        )
        for alias, table in tables.items()
        for key in table.foreign_keys
        if key.table in names and len(key.columns) == 1
    ]
    its = [way for way in found if way[0] == column.table] or found
    return [(name, f"JOIN {spelled(name)} ON {condition}") for _, name, condition in its]


def _moved_there(columns: list[exp.Column], owner: str, tables: dict[str, Table]) -> Iterator[Mend]:
    """Columns under the alias of a table that lacks them stand under the joined table's name."""
    for column in columns:
        qualifier = column.args.get("table")
        if column.table in tables and qualifier and "start" in qualifier.meta:
            start, end = qualifier.meta["start"], qualifier.meta["end"] + 1
            told = f"{column.table}.{column.name} → {owner}.{column.name}"
            yield Mend(start, end, spelled(owner), told)


def tables_end(sql: str, scope: Scope) -> int:
    """Behind the last joined table and its condition: the next clause, or the bracket's end."""
    tables = (source for source in scope.sources.values() if isinstance(source, exp.Table))
    start = max(table.this.meta.get("end", 0) for table in tables) + 1
    depth = 0
    for found in _CLAUSE.finditer(sql, start):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth < 0 or (depth == 0 and found["clause"] is not None):
            return found.start()
    return len(sql)


def _missing(
    scope: Scope, tables: dict[str, Table], schema: Schema
) -> Iterator[tuple[exp.Column, list[Table]]]:
    """Columns that no table of the SELECT can have meant, and the tables that have them."""
    aliases = set(_aliases(scope))
    joined = {table.name for table in tables.values()}
    for column in scope.columns:
        derived = column.table in scope.sources and column.table not in tables
        if derived or (not column.table and column.name.lower() in aliases):
            continue
        if named := unjoined_owner(column, scope, schema):
            yield column, [named]
            continue
        known = column.table in tables or (not column.table and not _may_be_outer(column, scope))
        if known and not _is_there(column, tables):
            yield column, [one for one in schema.owners(column.name) if one.name not in joined]


def _may_be_outer(column: exp.Column, scope: Scope) -> bool:
    """Whether an enclosing SELECT may have been meant; what IN compares with never means that."""
    return scope.parent is not None and not (
        compared_within(scope.expression)
        and column.find_ancestor(exp.Where, exp.Select) is scope.expression
    )


def _is_there(column: exp.Column, tables: dict[str, Table]) -> bool:
    """Whether a table of the SELECT has the column, or its own one by a longer name."""
    if (own := tables.get(column.table)) and (
        own.column(column.name) or parts_of(column.name, own)
    ):
        return True
    return any(
        table.column(column.name) and not equals_itself(column, alias)
        for alias, table in tables.items()
    )


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


def renamed(identifier: exp.Expr, right: str) -> Mend | None:
    if "start" not in identifier.meta:
        return None
    start, end = identifier.meta["start"], identifier.meta["end"] + 1
    return Mend(start, end, right, f"{identifier.name} → {right}")


def _plain(name: str) -> str:
    return name.lower().replace("_", "").removesuffix("s")
