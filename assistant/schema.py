"""The schema as the tools describe it, and its compact text for a prompt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

NUMBERS = frozenset({"int", "integer", "bigint", "decimal", "numeric", "double", "float", "real"})
"""Types of columns that measure; the smaller integers are mostly codes and flags."""
_NAMING = re.compile(r"name$|title$|名$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SchemaColumn:
    """One column. `values`: all distinct values when they are few; `range`: least and greatest;
    `nullable`: whether a row may be without one."""

    name: str
    type: str
    comment: str = ""
    values: tuple[str, ...] = ()
    range: tuple[str, str] | None = None
    nullable: bool = False

    @property
    def base_type(self) -> str:
        """The type without its length: varchar(40) → varchar."""
        return self.type.split("(", 1)[0].strip().lower()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table point at `ref_columns` of `table`."""

    columns: tuple[str, ...]
    table: str
    ref_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view; `rows` is the server's estimate."""

    name: str
    columns: tuple[SchemaColumn, ...]
    comment: str = ""
    rows: int | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def column(self, name: str) -> SchemaColumn | None:
        """The column of that name, case ignored."""
        return next((c for c in self.columns if c.name.lower() == name.lower()), None)

    @property
    def naming(self) -> list[str]:
        """The columns that a person calls its rows by: name, title, first_name and last_name."""
        return [column.name for column in self.columns if _NAMING.search(column.name)]

    def reference(self, column: str) -> str:
        """`table.column` that a single-column foreign key points at, or ''."""
        for key in self.foreign_keys:
            if key.columns == (column,):
                return f"{key.table}.{key.ref_columns[0]}"
        return ""


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables of one connection, in the tools' order, and what kind of server holds them."""

    connection: str
    flavour: str
    version: str
    tables: tuple[Table, ...]
    left_out: int = 0
    """Tables that the tools had no room for."""

    @classmethod
    def from_tool(cls, content: dict[str, Any]) -> Self:
        """From the structured content of `describe_tables`."""
        server = content["server"]
        return cls(
            connection=content["connection"],
            flavour=server["flavour"],
            version=server["version"],
            tables=tuple(_table(t) for t in content["tables"]),
            left_out=content.get("left_out", 0),
        )

    @property
    def dialect(self) -> str:
        """For a prompt: "MariaDB 10.11.19"."""
        names = {"mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
        return f"{names.get(self.flavour, self.flavour)} {self.version}".strip()

    def without_values(self) -> Self:
        """The same tables, their columns without values and ranges."""
        tables = tuple(
            replace(t, columns=tuple(replace(c, values=(), range=None) for c in t.columns))
            for t in self.tables
        )
        return replace(self, tables=tables)

    def table(self, name: str) -> Table | None:
        """The table of that name, case ignored."""
        return next((t for t in self.tables if t.name.lower() == name.lower()), None)

    def owners(self, column: str) -> Iterator[Table]:
        """Tables that have a column of that name."""
        return (t for t in self.tables if t.column(column))


def _table(content: dict[str, Any]) -> Table:
    return Table(
        name=content["name"],
        columns=tuple(_column(c) for c in content["columns"]),
        comment=content.get("comment") or "",
        rows=content.get("rows"),
        primary_key=tuple(content.get("primary_key") or ()),
        foreign_keys=tuple(
            ForeignKey(tuple(k["columns"]), k["table"], tuple(k["ref_columns"]))
            for k in content.get("foreign_keys") or ()
        ),
    )


def _column(content: dict[str, Any]) -> SchemaColumn:
    span = content.get("range")
    return SchemaColumn(
        name=content["name"],
        type=content["type"],
        comment=content.get("comment") or "",
        values=tuple(str(v) for v in content.get("values") or ()),
        range=(str(span[0]), str(span[1])) if span and span[0] is not None else None,
        nullable=bool(content.get("nullable")),
    )
