"""The catalogue of MySQL and MariaDB: one query a kind, never a query a table."""

import re
from collections import defaultdict
from itertools import groupby
from sys import intern

from mcp_server.errors import NoDatabaseChosen
from mcp_server.results import Cell
from mcp_server.schema import Catalog, ColumnInfo, ForeignKey, Table
from mcp_server.sessions import Session

_TABLES = """
SELECT TABLE_NAME, TABLE_TYPE, TABLE_COMMENT, TABLE_ROWS
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"""
_NAMES = "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_COMMENT
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_KEYS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME,
  IF(REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA, '', CONCAT(REFERENCED_TABLE_SCHEMA, '.'))
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE()
  AND (CONSTRAINT_NAME = 'PRIMARY' OR REFERENCED_TABLE_NAME IS NOT NULL)
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"""
_OWN_DATABASES = """
SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN
  ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY SCHEMA_NAME"""
# "int(11)" says no more than "int"; "tinyint(1)" says boolean.
_DISPLAY_WIDTH = re.compile(r"^((?!tinyint\(1\))\w*int|year)\(\d+\)")

Row = tuple[Cell, ...]


def read(session: Session, connection: str) -> Catalog:
    """Raises NoDatabaseChosen when the URL names none."""
    chosen_database(session, connection)
    columns = _columns(session)
    keys = _keys(session)
    tables = [_table(row, columns, keys) for row in session.stream(_TABLES)]
    by_name = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    return Catalog(session.flavour, session.version, by_name)


def table_names(session: Session) -> set[str]:
    """The names alone; to ask for them opens no table."""
    return {str(name) for (name,) in session.stream(_NAMES)}


def chosen_database(session: Session, connection: str) -> str:
    """The database that the URL names; raises NoDatabaseChosen, naming those on the server."""
    [(database,)] = session.stream("SELECT DATABASE()")
    if database is None:
        known = ", ".join(str(name) for (name,) in session.stream(_OWN_DATABASES))
        raise NoDatabaseChosen(connection=connection, databases=known or "–")
    return str(database)


def _columns(session: Session) -> dict[str, list[ColumnInfo]]:
    found: dict[str, list[ColumnInfo]] = defaultdict(list)
    for table, *column in session.stream(_COLUMNS):
        # In a big schema most names, types and comments repeat: each is kept once.
        name, kind, nullable, comment = (intern(str(cell)) for cell in column)
        short = intern(_DISPLAY_WIDTH.sub(r"\1", kind))
        found[str(table)].append(ColumnInfo(name, short, nullable == "YES", comment))
    return found


def _keys(session: Session) -> dict[str, list[list[Row]]]:
    """The rows of each key of each table."""
    found: dict[str, list[list[Row]]] = defaultdict(list)
    for _, rows in groupby(session.stream(_KEYS), key=lambda row: row[:2]):
        key = list(rows)
        found[str(key[0][0])].append(key)
    return found


def _table(
    row: Row, columns: dict[str, list[ColumnInfo]], keys: dict[str, list[list[Row]]]
) -> Table:
    name, is_view = str(row[0]), row[1] != "BASE TABLE"
    own = keys[name]
    primary = next((key for key in own if key[0][1] == "PRIMARY"), [])
    return Table(
        name=name,
        kind="view" if is_view else "table",
        comment="" if is_view else str(row[2] or ""),
        rows=None if row[3] is None else int(row[3]),
        columns=tuple(columns[name]),
        primary_key=tuple(str(part[2]) for part in primary),
        foreign_keys=tuple(_foreign(key) for key in own if key[0][3] is not None),
    )


def _foreign(key: list[Row]) -> ForeignKey:
    return ForeignKey(
        columns=tuple(str(part[2]) for part in key),
        table=f"{key[0][5]}{key[0][3]}",
        ref_columns=tuple(str(part[4]) for part in key),
    )
