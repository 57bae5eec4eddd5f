"""Names of the model's statement bound to the schema; what a rule can mend costs no call.

Mended: a column under the wrong alias when just one other table of the same SELECT has it, and
a table's own name where it must be called by its alias. The rest of the statement stays as the
model wrote it, to the letter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.schema import Schema, Table
from assistant.scopes import base_tables, scopes_of


@dataclass(frozen=True, slots=True)
class Bound:
    """The statement to run, and what was changed: "o.product_id → l.product_id"."""

    sql: str
    mends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mend:
    """A new qualifier for the identifier at [start, end) of the statement."""

    start: int
    end: int
    qualifier: str
    told: str


def bind(sql: str, schema: Schema) -> Bound:
    """The statement with its qualifiers mended; unchanged when it cannot be parsed."""
    mends = {mend.start: mend for scope in scopes_of(sql) for mend in _mends(scope, schema)}
    for start in sorted(mends, reverse=True):
        mend = mends[start]
        sql = sql[: mend.start] + mend.qualifier + sql[mend.end :]
    return Bound(sql, tuple(dict.fromkeys(mends[start].told for start in sorted(mends))))


def _mends(scope: Scope, schema: Schema) -> Iterator[_Mend]:
    sources = base_tables(scope, schema)
    for column in scope.columns:
        qualifier = column.args.get("table")
        if qualifier is None or "start" not in qualifier.meta:
            continue
        right = _right_alias(column, sources, scope)
        if right and right != column.table:
            told = f"{column.table}.{column.name} → {right}.{column.name}"
            start, end = qualifier.meta["start"], qualifier.meta["end"] + 1
            yield _Mend(start, end, _written(right, scope), told)


def _written(alias: str, scope: Scope) -> str:
    """The alias in quotes where the statement quotes it."""
    source = scope.sources[alias]
    quoted = any(i.name == alias and i.args.get("quoted") for i in source.find_all(exp.Identifier))
    return f"`{alias}`" if quoted else alias


def _right_alias(column: exp.Column, sources: dict[str, Table], scope: Scope) -> str | None:
    """The one alias under which the column exists; None to leave it as it is."""
    named = sources.get(column.table)
    if named and named.column(column.name):
        return None
    if named is None and (column.table in scope.sources or _outer(column.table, scope)):
        return None
    called = [a for a, t in sources.items() if t.name == column.table and t.column(column.name)]
    owners = [alias for alias, table in sources.items() if table.column(column.name)]
    candidates = called or owners
    return candidates[0] if len(candidates) == 1 else None


def _outer(alias: str, scope: Scope) -> bool:
    """Whether an enclosing SELECT knows the alias."""
    parent = scope.parent
    return parent is not None and (alias in parent.sources or _outer(alias, parent))
