"""One alias for two tables: the second table goes by its own name, and so do its columns."""

from collections.abc import Iterator
from itertools import combinations

from sqlglot import exp

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import parsed


def separate_aliases(sql: str, schema: Schema) -> Iterator[Mend]:
    """Two tables of a SELECT that are called alike are told apart by what columns they have."""
    tree = parsed(sql)
    for select in tree.find_all(exp.Select) if tree else ():
        sources = list(_sources(select))
        names = [source.alias_or_name for source in sources]
        for first, second in combinations(sources, 2):
            one, other = schema.table(first.name), schema.table(second.name)
            if first.alias_or_name == second.alias and one and other and other.name not in names:
                yield from _told_apart(select, second, one, other)


def _sources(select: exp.Select) -> Iterator[exp.Table]:
    clauses = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", [])]
    for clause in clauses:
        if clause is not None and isinstance(clause.this, exp.Table):
            yield clause.this


def _told_apart(select: exp.Select, second: exp.Table, one: Table, other: Table) -> Iterator[Mend]:
    alias = second.args["alias"].this
    told = f"{alias.name} → {other.name}"
    yield Mend(second.this.meta["end"] + 1, alias.meta["end"] + 1, "", told)
    for column in select.find_all(exp.Column):
        qualifier = column.args.get("table")
        if qualifier is None or qualifier.name != alias.name or "start" not in qualifier.meta:
            continue
        if column.find_ancestor(exp.Select) is select and _is_of_other(column, one, other):
            start, end = qualifier.meta["start"], qualifier.meta["end"] + 1
            yield Mend(start, end, other.name, told)


def _is_of_other(column: exp.Column, one: Table, other: Table) -> bool:
    """Whether only the second table has the column, or a key says that it is meant."""
    if not (one.column(column.name) and other.column(column.name)):
        return other.column(column.name) is not None
    equal = column.parent
    if not isinstance(equal, exp.EQ):
        return False
    opposite = equal.expression if equal.this is column else equal.this
    pair = (one.name, opposite.name, other.name, column.name)
    return pair in _keys(one) or (pair[2], pair[3], pair[0], pair[1]) in _keys(other)


def _keys(table: Table) -> set[tuple[str, str, str, str]]:
    """(table, column, referenced table, its column) of each foreign key."""
    return {
        (table.name, column, key.table, referenced)
        for key in table.foreign_keys
        for column, referenced in zip(key.columns, key.ref_columns, strict=True)
    }
