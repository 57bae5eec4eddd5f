"""Columns whose values never leave: shown as ***, and of no use in conditions.

A condition, an order, a group or an expression over a masked column would tell its values bit by
bit, so a masked column may only be shown: by itself in the list of one simple SELECT, or by *
there. The server then tells which table and column a result column comes from. Everywhere else
(WHERE, ON, subqueries, WITH, UNION, DISTINCT, ORDER BY 2…) naming it is refused. A view that
reads a masked column is refused, unless `allow` names that view: see `views`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcp_server.errors import ColumnMasked
from mcp_server.lexer import Token
from mcp_server.names import folded, is_operator
from mcp_server.reads import Named, Reads, Source

_BEFORE_LIST = frozenset({"SELECT", "ALL"})
_COMBINE = frozenset({"DISTINCT", "DISTINCTROW", "NATURAL", "UNION", "EXCEPT", "INTERSECT"})


@dataclass(frozen=True, slots=True)
class Mask:
    """Masked columns as (schema, table, column), folded."""

    columns: frozenset[tuple[str, str, str]] = frozenset()
    database: str = ""

    @classmethod
    def of(cls, entries: Iterable[str], database: str | None) -> "Mask":
        """From "schema.table.column" entries, or "table.column" in the connection's database."""
        columns = set()
        for entry in entries:
            *schema, table, column = entry.split(".")
            columns.add(
                (folded(schema[0] if schema else database or ""), folded(table), folded(column))
            )
        return cls(frozenset(columns), folded(database or ""))

    def hides(self, schema: str, table: str, column: str, label: str) -> bool:
        """Is this result column masked? Without a known origin its label decides."""
        if not table:
            return folded(label) in {column for _, _, column in self.columns}
        return (folded(schema), folded(table), folded(column)) in self.columns

    def masked(self, table: str, column: str) -> bool:
        """Is this column of a table in the connection's own database masked?"""
        return (self.database, folded(table), folded(column)) in self.columns

    def concerned(self, reads: Reads) -> bool:
        """Does the statement ask for rows of a table that has masked columns?"""
        return any(self._partial(source) for source in reads.tables)

    def check(self, parts: Sequence[Token], reads: Reads, *, shown: bool = True) -> None:
        """Raises ColumnMasked for a statement that could tell a masked value.

        Without `shown` there is no result to hide it in: inside a view.
        """
        if not self.concerned(reads):
            return
        simple = shown and _is_simple(parts, reads)
        for source, named in reads.naming(self._closed, self._partial):
            if not (simple and _stands_in_list(parts, named)):
                raise ColumnMasked(table=source.table)
        if reads.natural:
            raise ColumnMasked(table=next(filter(self._partial, reads.tables)).table)

    def _closed(self, source: Source, column: str) -> bool:
        return not source.structure and (*_place(source), column) in self.columns

    def _partial(self, source: Source) -> bool:
        place = _place(source)
        return not source.structure and any(masked[:2] == place for masked in self.columns)


def _place(source: Source) -> tuple[str, str]:
    return folded(source.schema), folded(source.table)


NOTHING_MASKED = Mask()


def _is_simple(parts: Sequence[Token], reads: Reads) -> bool:
    """One SELECT whose rows come in an order and a number that tell nothing of masked values."""
    words = [token.upper for token in parts]
    return (
        reads.queries == 1
        and words[reads.start] == "SELECT"
        and _COMBINE.isdisjoint(words)
        and not _has_positions(parts)
    )


def _has_positions(parts: Sequence[Token]) -> bool:
    """ORDER BY 2, also as (2), and GROUP BY 1 name a column by its place."""
    keys = False
    for at, token in enumerate(parts):
        keys = (keys or token.upper == "BY") and token.upper != "LIMIT"
        before = parts[at - 1]
        if keys and token.kind == "number" and (before.upper == "BY" or before.text in {",", "("}):
            return True
    return False


def _stands_in_list(parts: Sequence[Token], named: Named) -> bool:
    """Is the column a term of the select list by itself, without an alias?"""
    before, end = parts[: named.at], named.at + 1
    if any(token.upper == "FROM" for token in before):
        return False
    if sum(token.text == "(" for token in before) != sum(token.text == ")" for token in before):
        return False
    while is_operator(parts, end, "."):
        end += 2
    opens = parts[named.at - 1].upper in _BEFORE_LIST or is_operator(parts, named.at - 1, ",")
    following = parts[end] if end < len(parts) else None
    return opens and following is not None and (following.text == "," or following.upper == "FROM")
