"""What the data of a table looks like: few distinct values, and the span of dates.

Only tables up to a size are looked at, in one pass a column that stops as soon as there are
too many values to tell.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from mcp_server.results import Cell
from mcp_server.schema import ColumnInfo, Table, quoted
from mcp_server.sessions import Session

MOST_ROWS = 300_000
FEW = 12
INDEXED = 500
_LONGEST_VALUE = 40
_CHOICE = re.compile(r"(var|n|nvar)?char|text$|enum|set\(|tinyint|smallint|bool", re.IGNORECASE)
_DATE = re.compile(r"date|timestamp", re.IGNORECASE)
_ENUM = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Sampled:
    """The table with `values` and `range` filled, and more values of each column for search."""

    table: Table
    values: Mapping[str, tuple[Cell, ...]]


def sample(session: Session, table: Table, masked: Container[str] = ()) -> Sampled:
    """Look at the data, but not of the `masked` columns.

    A table too big or of unknown size gives what its types tell.
    """
    small = table.rows is not None and table.rows <= MOST_ROWS
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    values: dict[str, tuple[Cell, ...]] = {}
    columns = []
    for column in table.columns:
        if column.name in masked:
            columns.append(column)
            continue
        if column.type.startswith("enum("):
            values[column.name] = tuple(sorted(_members(column.type)))
        elif small and column.name not in keys and _CHOICE.match(column.type):
            values[column.name] = _distinct(session, table.name, column.name)
        span = (
            _span(session, table.name, column.name) if small and _DATE.match(column.type) else None
        )
        columns.append(_with_sample(column, values.get(column.name, ()), span))
    return Sampled(replace(table, columns=tuple(columns)), values)


def _with_sample(
    column: ColumnInfo, values: tuple[Cell, ...], span: tuple[Cell, Cell] | None
) -> ColumnInfo:
    few = 0 < len(values) <= FEW and all(len(str(value)) <= _LONGEST_VALUE for value in values)
    # "enum('a','b')" beside its values would say everything twice.
    kind = "enum" if few and column.type.startswith("enum(") else column.type
    return replace(column, type=kind, values=values if few else None, range=span)


def _members(enum: str) -> list[str]:
    return [member.replace("''", "'") for member in _ENUM.findall(enum)]


def _distinct(session: Session, table: str, column: str) -> tuple[Cell, ...]:
    """Every distinct value, sorted; nothing when there are too many to be a choice."""
    name, source = quoted(column), quoted(table)
    found = session.stream(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL LIMIT {INDEXED + 1}"  # noqa: S608 - quoted
    )
    values = [value for (value,) in found]
    if len(values) > INDEXED:
        return ()
    return tuple(sorted(values, key=lambda value: (isinstance(value, str), value)))


def _span(session: Session, table: str, column: str) -> tuple[Cell, Cell] | None:
    name, source = quoted(column), quoted(table)
    [(least, most)] = session.stream(f"SELECT MIN({name}), MAX({name}) FROM {source}")  # noqa: S608 - quoted
    return None if least is None else (least, most)
