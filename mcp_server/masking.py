"""Columns whose values never leave: shown as ***, and of no use in conditions.

The server tells which table and column a result column comes from, but only for a plain SELECT:
derived tables, unions and expressions hide it. So a statement that names a table with masked
columns must be one simple SELECT in which they stand in the list and nowhere else; everything
else about them is refused. A view is a table of its own and needs entries of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcp_server.closed import NOTHING_CLOSED, Closed, folded, is_name, is_operator, is_part
from mcp_server.errors import ColumnMasked
from mcp_server.lexer import Token

_TELL_NO_VALUES = frozenset({"PRAGMA", "SHOW", "DESC", "DESCRIBE", "EXPLAIN"})
_COMBINE = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS", "NATURAL", "TABLE"})
_BEFORE_LIST = frozenset({"SELECT", "DISTINCT", "DISTINCTROW", "ALL"})


@dataclass(frozen=True, slots=True)
class Mask:
    """Masked columns as (schema, table, column), folded."""

    columns: frozenset[tuple[str, str, str]] = frozenset()
    tables: Closed = NOTHING_CLOSED

    @classmethod
    def of(cls, entries: Iterable[str], database: str | None) -> "Mask":
        """From "schema.table.column" entries, or "table.column" in the connection's database."""
        columns = set()
        for entry in entries:
            *schema, table, column = entry.split(".")
            columns.add(
                (folded(schema[0] if schema else database or ""), folded(table), folded(column))
            )
        tables = [f"{schema}.{table}" for schema, table, _ in columns]
        return cls(frozenset(columns), Closed.of(tables, database))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(column for _, _, column in self.columns)

    def hides(self, schema: str, table: str, column: str, label: str) -> bool:
        """Is this result column masked? Without a known origin its label decides."""
        if not table:
            return folded(label) in self.names
        return (folded(schema), folded(table), folded(column)) in self.columns

    def masked(self, table: str, column: str) -> bool:
        """Is this column of a table in the connection's own database masked?"""
        return (self.tables.database, folded(table), folded(column)) in self.columns

    def concerned(self, parts: Sequence[Token]) -> str:
        """The table with masked columns whose values this statement asks for, or ""."""
        words = [token.upper for token in parts]
        tells_values = words[0] not in _TELL_NO_VALUES or "SELECT" in words
        return self.tables.named_in(parts) if tells_values else ""

    def check(self, parts: Sequence[Token]) -> None:
        """Raises ColumnMasked for a statement that could tell a masked value."""
        table = self.concerned(parts)
        if not table:
            return
        words = [token.upper for token in parts]
        simple = words[0] == "SELECT" and words.count("SELECT") == 1
        if not simple or not _COMBINE.isdisjoint(words):
            raise ColumnMasked(table=table)
        for at in range(len(parts)):
            named = is_name(parts, at) and folded(parts[at].text) in self.names
            if named and not _stands_in_list(parts, at):
                raise ColumnMasked(table=table)


NOTHING_MASKED = Mask()


def _stands_in_list(parts: Sequence[Token], at: int) -> bool:
    """Is the column a term of the select list by itself, without an alias?"""
    before = parts[:at]
    if any(token.upper == "FROM" for token in before):
        return False
    if sum(token.text == "(" for token in before) != sum(token.text == ")" for token in before):
        return False
    start = at
    while is_part(parts, start):
        start -= 2
    opens = parts[start - 1].upper in _BEFORE_LIST or is_operator(parts, start - 1, ",")
    following = parts[at + 1] if at + 1 < len(parts) else None
    return opens and following is not None and (following.text == "," or following.upper == "FROM")
