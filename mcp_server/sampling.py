"""What the data of a table looks like: few distinct values, and the span of dates.

Only tables up to a size are looked at, in one pass a column that stops as soon as there are
too many values to tell.
"""

import re
from collections.abc import Container
from dataclasses import replace

from mcp_server.results import Cell
from mcp_server.schema import ColumnInfo, Table, quoted
from mcp_server.sessions import Session

MOST_ROWS = 300_000
FEW = 12
_LONGEST_VALUE = 40
_CHOICE = re.compile(r"(var|n|nvar)?char|text$|enum|set\(|tinyint|smallint|bool", re.IGNORECASE)
_DATE = re.compile(r"date|timestamp", re.IGNORECASE)
_ENUM = re.compile(r"'((?:[^']|'')*)'")


def sample(session: Session, table: Table, masked: Container[str] = ()) -> Table:
    """The table with `values` and `range` of its columns, but not of the `masked` ones.

    A table too big or of unknown size gives what its types tell.
    """
    small = table.rows is not None and table.rows <= MOST_ROWS
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    columns = (
        column
        if column.name in masked
        else _with_sample(
            column,
            _values(session, table.name, column, look=small and column.name not in keys),
            _span(session, table.name, column) if small else None,
        )
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _with_sample(
    column: ColumnInfo, values: tuple[Cell, ...], span: tuple[Cell, Cell] | None
) -> ColumnInfo:
    few = 0 < len(values) <= FEW and all(len(str(value)) <= _LONGEST_VALUE for value in values)
    # "enum('a','b')" beside its values would say everything twice.
    kind = "enum" if few and column.type.startswith("enum(") else column.type
    return replace(column, type=kind, values=values if few else None, range=span)


def members(enum: str) -> list[str]:
    """The members of a type `enum('a','b')`."""
    return [member.replace("''", "'") for member in _ENUM.findall(enum)]


def _values(session: Session, table: str, column: ColumnInfo, look: bool) -> tuple[Cell, ...]:
    """Every distinct value, sorted; nothing when there are too many to show."""
    if column.type.startswith("enum("):
        return tuple(sorted(members(column.type)))
    if not look or not _CHOICE.match(column.type):
        return ()
    name, source = quoted(column.name), quoted(table)
    found = session.stream(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL LIMIT {FEW + 1}"  # noqa: S608 - quoted
    )
    values = [value for (value,) in found]
    if len(values) > FEW:
        return ()
    return tuple(sorted(values, key=lambda value: (isinstance(value, str), value)))


def _span(session: Session, table: str, column: ColumnInfo) -> tuple[Cell, Cell] | None:
    if not _DATE.match(column.type):
        return None
    name, source = quoted(column.name), quoted(table)
    [(least, most)] = session.stream(f"SELECT MIN({name}), MAX({name}) FROM {source}")  # noqa: S608 - quoted
    return None if least is None else (least, most)
