"""Doubts that only one more look at the data can confirm: values left out, ties at a LIMIT."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from assistant.events import QueryResult
from assistant.locale import Language, t
from assistant.render import number_text
from assistant.schema import Schema
from assistant.scopes import base_tables, own, owner, parsed, scopes_of

QUICK_MS = 1000.0
"""A statement slower than this is not run again."""
_LIMIT = re.compile(r"(\blimit\s+)(\d+)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Probe:
    """A statement to run, and what its rows say: a note, or nothing to note."""

    sql: str
    note: Callable[[QueryResult], str | None]


def probes(result: QueryResult, schema: Schema, lang: Language) -> Iterator[Probe]:
    """The looks that this result gives reason for."""
    for table, column in dict.fromkeys(averaged(result.sql, schema)):
        yield _missing_values(table, column, lang)
    if result.elapsed_ms < QUICK_MS and (ties := _ties(result, lang)):
        yield ties


def averaged(sql: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """(table, column) of every average over a column that may be without a value."""
    for scope in scopes_of(sql):
        tables = base_tables(scope, schema)
        for average in own(scope, exp.Avg):
            column = average.this
            alias = owner(column, tables) if isinstance(column, exp.Column) else None
            known = tables[alias].column(column.name) if alias else None
            if alias and known and known.nullable:
                yield tables[alias].name, known.name


def _missing_values(table: str, column: str, lang: Language) -> Probe:
    def note(result: QueryResult) -> str | None:
        count = result.rows[0][0] if result.rows else 0
        if not count:
            return None
        place = f"{table}.{column}"
        return t("answer.nulls_left_out", lang, count=number_text(count), place=place)

    return Probe(f"SELECT COUNT(*) AS n FROM `{table}` WHERE `{column}` IS NULL", note)  # noqa: S608 - names of the schema


def _ties(result: QueryResult, lang: Language) -> Probe | None:
    """The same statement with one row more: is that row as good as the last one shown?"""
    limit = _LIMIT.search(result.sql)
    count = result.row_count
    if not limit or int(limit[2]) != count or count == 0:
        return None
    keys = _ordered_by(result)
    if not keys:
        return None

    def note(more: QueryResult) -> str | None:
        if more.row_count <= count:
            return None
        last, next_one = ([row[key] for key in keys] for row in more.rows[count - 1 : count + 1])
        return t("answer.ties", lang, count=number_text(count)) if last == next_one else None

    return Probe(_LIMIT.sub(rf"\g<1>{count + 1}", result.sql), note)


def _ordered_by(result: QueryResult) -> list[int]:
    """The columns of the result that its rows are ordered by; none unless all are among them.

    What groups are told apart by says nothing of how good they are (see `steady`).
    """
    tree = parsed(result.sql)
    order = tree.args.get("order") if isinstance(tree, exp.Select) else None
    if not isinstance(tree, exp.Select) or order is None:
        return []
    written = [_bare(projection) for projection in tree.expressions]
    names = [column.name.lower() for column in result.columns]
    if len(written) != len(names):
        return []
    group = tree.args.get("group")
    apart = {key.sql() for key in group.expressions} if group else set()
    found = []
    for key in [one for one in order.expressions if one.this.sql() not in apart]:
        expression = key.this
        if expression.name.lower() in names and isinstance(expression, exp.Column):
            found.append(names.index(expression.name.lower()))
        elif expression.sql() in written:
            found.append(written.index(expression.sql()))
        else:
            return []
    return found


def _bare(projection: exp.Expr) -> str:
    return projection.unalias().sql()
