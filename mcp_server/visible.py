"""The catalogue as a connection may see it: without what the lists close."""

from collections.abc import Container
from dataclasses import replace

from mcp_server.errors import PolicyRefused
from mcp_server.policy import Policy
from mcp_server.schema import Catalog, ColumnInfo, ForeignKey, Table, quoted
from mcp_server.sessions import Session
from mcp_server.views import admit


def visible(catalog: Catalog, session: Session, policy: Policy) -> Catalog:
    """Closed tables, columns and views are left out, keys over them too; masked choices untold."""
    open_tables = {
        name: _open_columns(table, policy)
        for name, table in catalog.tables.items()
        if not policy.closed.table(policy.closed.database, name)
        and not (table.kind == "view" and _is_closed_view(session, name, policy))
    }
    return replace(
        catalog,
        tables={name: _open_keys(table, open_tables) for name, table in open_tables.items()},
    )


def _is_closed_view(session: Session, name: str, policy: Policy) -> bool:
    """Would a statement that reads it be refused?"""
    if session.flavour == "sqlite":
        return False
    try:
        admit(session, f"SELECT 1 FROM {quoted(name)}", policy)  # noqa: S608 - quoted
    except PolicyRefused:
        return True
    return False


def _open_columns(table: Table, policy: Policy) -> Table:
    schema = policy.closed.database
    columns = tuple(
        _untold(column) if policy.mask.masked(table.name, column.name) else column
        for column in table.columns
        if not policy.closed.column(schema, table.name, column.name)
    )
    names = {column.name for column in columns}
    return replace(
        table,
        columns=columns,
        primary_key=table.primary_key if names.issuperset(table.primary_key) else (),
        foreign_keys=tuple(key for key in table.foreign_keys if names.issuperset(key.columns)),
    )


def _untold(column: ColumnInfo) -> ColumnInfo:
    """The type of a choice lists its values."""
    kind = column.type.partition("(")[0] if column.type.startswith(("enum(", "set(")) else None
    return replace(column, type=kind) if kind else column


def _open_keys(table: Table, tables: dict[str, Table]) -> Table:
    """Keys into another schema stay: they name a table that nobody may read here."""
    return replace(
        table,
        foreign_keys=tuple(key for key in table.foreign_keys if _reaches(key, tables)),
    )


def _reaches(key: ForeignKey, tables: dict[str, Table]) -> bool:
    target = tables.get(key.table)
    if target is None:
        return "." in key.table
    names: Container[str] = {column.name for column in target.columns}
    return all(name in names for name in key.ref_columns)
