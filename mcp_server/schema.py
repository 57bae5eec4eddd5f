"""The shape of one database: what the catalogue knows about it."""

from dataclasses import dataclass
from typing import Literal

from mcp_server.results import Cell
from mcp_server.sessions import Flavour


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """`values` are all distinct values where they are few, sorted; `range` is least and most
    of a date. Both are None where they were not looked for, or are many."""

    name: str
    type: str
    nullable: bool = True
    comment: str = ""
    values: tuple[Cell, ...] | None = None
    range: tuple[Cell, Cell] | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns here that name rows of `table`."""

    columns: tuple[str, ...]
    table: str
    ref_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view; `rows` is the server's estimate."""

    name: str
    kind: Literal["table", "view"]
    comment: str
    rows: int | None
    columns: tuple[ColumnInfo, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All tables by name, in the order of their names."""

    flavour: Flavour
    version: str
    tables: dict[str, Table]


def quoted(name: str) -> str:
    """An identifier that all three kinds of server read as one name."""
    return "`" + name.replace("`", "``") + "`"


def one_line(table: Table) -> str:
    """`orders(id int PK, customer_id int→customers.id, status text{'paid','open'}) -- 受注`."""
    targets = {
        name: f"→{key.table}.{target}"
        for key in table.foreign_keys
        for name, target in zip(key.columns, key.ref_columns, strict=True)
    }
    columns = ", ".join(
        _column(column, column.name in table.primary_key, targets.get(column.name, ""))
        for column in table.columns
    )
    view = "view " if table.kind == "view" else ""
    return f"{view}{table.name}({columns}){_remark(table.comment)}"


def _column(column: ColumnInfo, is_key: bool, target: str) -> str:
    words = f"{column.name} {column.type}{target}{' PK' if is_key else ''}"
    if column.values:
        words += "{" + ",".join(repr(value) for value in column.values) + "}"
    if column.range:
        words += f"[{column.range[0]}..{column.range[1]}]"
    return words + (f" /*{column.comment}*/" if column.comment else "")


def _remark(comment: str) -> str:
    return f" -- {comment}" if comment else ""
