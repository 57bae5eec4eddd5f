"""The model's statement bound to the schema and the server; what a rule can mend costs no call.

Mended: another dialect's spelling, a quote inside a literal, one alias of two tables, a condition
ahead of its table, a name with one near one, a column under the wrong alias, a forgotten join to
the one-side, a column that must be grouped too, and days compared with moments or months. The rest
stays as the model wrote it, to the letter.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.aliases import separate_aliases
from assistant.dialect import native
from assistant.grouping import grouped_too
from assistant.joins import in_order
from assistant.mends import Bound, Mend, mended
from assistant.moments import fitting_days
from assistant.names import forgotten_join, near_columns, near_tables, unjoined_owner
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, parsed, scopes_of

_INNER_QUOTE = re.compile(r"(?<=[A-Za-z])'(?=[A-Za-z])")


def bind(sql: str, schema: Schema) -> Bound:
    """The statement with its mends; unchanged where it cannot be parsed."""
    bound = _quoted(Bound(*native(sql, schema.flavour)))
    for rule in _RULES:
        bound = mended(bound, rule(bound.sql, schema))
    return bound


def _quoted(bound: Bound) -> Bound:
    """A quote inside a literal is doubled, where the statement makes sense only then."""
    doubled = _INNER_QUOTE.sub("''", bound.sql)
    if doubled == bound.sql or parsed(bound.sql) or not parsed(doubled):
        return bound
    return Bound(doubled, (*bound.mends, "' → ''"))


def requalified(sql: str, schema: Schema) -> Iterator[Mend]:
    """A column under the wrong alias gets the only right one of its SELECT."""
    for scope in scopes_of(sql):
        yield from _requalified(scope, schema)


_RULES: tuple[Callable[[str, Schema], Iterable[Mend]], ...] = (
    near_tables,
    separate_aliases,
    requalified,
    near_columns,
    in_order,
    forgotten_join,
    grouped_too,
    fitting_days,
)


def _requalified(scope: Scope, schema: Schema) -> Iterator[Mend]:
    sources = base_tables(scope, schema)
    for column in scope.columns:
        qualifier = column.args.get("table")
        if qualifier is None or "start" not in qualifier.meta:
            continue
        if unjoined_owner(column, scope, schema):
            continue
        right = _right_alias(column, sources, scope)
        if right and right != column.table and not _equals_itself(column, right):
            told = f"{column.table}.{column.name} → {right}.{column.name}"
            start, end = qualifier.meta["start"], qualifier.meta["end"] + 1
            yield Mend(start, end, _written(right, scope), told)


def _equals_itself(column: exp.Column, alias: str) -> bool:
    """Whether the column under this alias would stand on both sides of a join's =."""
    equal = column.parent
    if not isinstance(equal, exp.EQ):
        return False
    other = equal.expression if equal.this is column else equal.this
    return isinstance(other, exp.Column) and (other.table, other.name) == (alias, column.name)


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
