"""Names that may stand at a place of a statement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.schema import Schema, Table

MOST = 8
_KEYWORDS = (
    "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "JOIN", "LEFT JOIN",
    "ON", "AND", "OR", "NOT", "IN", "IS NULL", "BETWEEN", "LIKE", "DISTINCT", "COUNT(", "SUM(",
    "AVG(", "MIN(", "MAX(", "CASE", "WHEN", "THEN", "ELSE", "END", "AS", "DESC", "UNION ALL",
)  # fmt: skip
_WORD = re.compile(r"(?:(\w+)\.)?(\w*)$")
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+`?(\w+)`?(?:\s+(?:AS\s+)?(\w+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Completions:
    """`names` to put in place of the `typed` characters before the cursor."""

    typed: int
    names: tuple[str, ...]


def complete(sql: str, at: int, schema: Schema) -> Completions:
    """After a table or its alias and a dot: its columns. Else: tables, columns and keywords of
    which something is typed; those of the tables that the statement reads come first."""
    found = _WORD.search(sql[:at])
    owner, typed = (found[1], found[2]) if found else (None, "")
    if owner:
        table = _tables(sql, schema).get(owner.lower())
        names = [column.name for column in table.columns] if table else []
    else:
        names = list(_names(sql, schema)) if typed else []
    fitting = (name for name in names if name.lower().startswith(typed.lower()) and name != typed)
    return Completions(len(typed), tuple(dict.fromkeys(fitting))[:MOST])


def _names(sql: str, schema: Schema) -> Iterator[str]:
    for table in _tables(sql, schema).values():
        yield from (column.name for column in table.columns)
    yield from (table.name for table in schema.tables)
    yield from (column.name for table in schema.tables for column in table.columns)
    yield from _KEYWORDS


def _tables(sql: str, schema: Schema) -> dict[str, Table]:
    """The statement's tables by their names and aliases."""
    tables: dict[str, Table] = {}
    for name, alias in _TABLE.findall(sql):
        if table := schema.table(name):
            tables |= {word.lower(): table for word in (name, alias) if word}
    return tables
