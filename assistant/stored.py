"""A value as it is stored, where the statement says it in the question's word."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from assistant.folding import plain
from assistant.linking import Link
from assistant.mends import Mend, written
from assistant.schema import Schema
from assistant.scopes import base_tables, own, owner, scopes_of


def as_stored(sql: str, schema: Schema, links: Sequence[Link]) -> Iterator[Mend]:
    """`name = '京都'` as `name = '京都府'`, where the question's 京都 is that value alone."""
    values = {
        (place, plain(link.word)): link.values[0]
        for link in links
        if len(link.values) == 1 and not link.exact
        for place in link.places
    }
    for scope in scopes_of(sql) if values else ():
        tables = base_tables(scope, schema)
        for condition in own(scope, exp.EQ, exp.NEQ, exp.In):
            column = condition.this
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            place = f"{tables[alias].name}.{column.name}" if alias else ""
            for literal in condition.iter_expressions():
                if isinstance(literal, exp.Literal) and literal.is_string:
                    value = values.get((place, plain(literal.this)))
                    if value:
                        yield written(literal, value)
