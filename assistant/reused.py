"""A name that a SELECT gives and uses itself, which SQL does not know there yet."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.names import renamed
from assistant.schema import Schema
from assistant.scopes import base_tables, scopes_of

_DEEPEST = 5
"""Names that stand for names that stand for names; more may be a circle."""


def spelled_out(sql: str, schema: Schema) -> Iterator[Mend]:
    """COUNT(*) AS n, n * 2 becomes COUNT(*) AS n, (COUNT(*)) * 2."""
    for scope in scopes_of(sql):
        given = _given(scope)
        for column in _used(scope, schema, set(given)):
            meaning = _meaning(given[column.name.lower()], given)
            nested = column.find_ancestor(exp.AggFunc, exp.Select)
            if isinstance(nested, exp.AggFunc) and meaning.find(exp.AggFunc):
                continue
            if mend := renamed(column.this, f"({meaning.sql('mysql')})"):
                yield mend


def _given(scope: Scope) -> dict[str, exp.Expr]:
    """What each name of the SELECT stands for."""
    aliases = (one for one in scope.expression.expressions if isinstance(one, exp.Alias))
    return {one.alias.lower(): one.this for one in aliases}


def _used(scope: Scope, schema: Schema, given: set[str]) -> Iterator[exp.Column]:
    """Such names in other projections; a table of the SELECT that has the column has it first."""
    tables = base_tables(scope, schema)
    if len(tables) < len(scope.sources):
        return
    for projection in scope.expression.expressions:
        for column in projection.find_all(exp.Column):
            name = column.name.lower()
            own = column.find_ancestor(exp.Select) is scope.expression
            stored = any(table.column(column.name) for table in tables.values())
            if own and not column.table and not stored and name in given - {projection.alias}:
                yield column


def _meaning(expression: exp.Expr, given: dict[str, exp.Expr], depth: int = 0) -> exp.Expr:
    """The expression with the names in it spelled out too."""

    def inner(node: exp.Expr) -> exp.Expr:
        name = node.name.lower() if isinstance(node, exp.Column) and not node.table else ""
        meant = given.get(name) if depth < _DEEPEST else None
        if meant is None or meant is expression:
            return node
        return exp.Paren(this=_meaning(meant, given, depth + 1))

    return expression.copy().transform(inner)
