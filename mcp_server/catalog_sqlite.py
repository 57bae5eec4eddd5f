"""The catalogue of an SQLite file. Comments are those of the CREATE TABLE text, where SQLite
keeps them: after the opening bracket for the table, after a column for the column."""

import sqlite3
from itertools import groupby

from mcp_server.errors import StatementUnreadable
from mcp_server.lexer import SQLITE, Token, tokens
from mcp_server.results import Cell
from mcp_server.schema import Catalog, ColumnInfo, ForeignKey, Table, quoted
from mcp_server.sessions import Session

_TABLES = """
SELECT name, type, sql FROM sqlite_master
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"""
Row = tuple[Cell, ...]


def read(session: Session) -> Catalog:
    """Every table and view but SQLite's own. A question a table: there is no network between."""
    found = {str(name): (kind, str(sql or "")) for name, kind, sql in session.stream(_TABLES)}
    columns = {name: _pragma(session, "table_xinfo", name) for name in found}
    primary = {name: _primary_key(rows) for name, rows in columns.items()}
    tables = {}
    for name, (kind, sql) in found.items():
        comments = ddl_comments(sql)
        tables[name] = Table(
            name=name,
            kind="view" if kind == "view" else "table",
            comment=comments.get("", ""),
            rows=_rows(session, name) if kind == "table" else None,
            columns=tuple(_column(row, comments) for row in columns[name]),
            primary_key=primary[name],
            foreign_keys=_foreign_keys(_pragma(session, "foreign_key_list", name), primary),
        )
    return Catalog(session.flavour, session.version, tables)


def table_names(session: Session) -> set[str]:
    """The names alone."""
    return {str(name) for name, *_ in session.stream(_TABLES)}


def _pragma(session: Session, pragma: str, table: str) -> list[Row]:
    return list(session.stream(f"PRAGMA {pragma}({quoted(table)})"))


def _column(row: Row, comments: dict[str, str]) -> ColumnInfo:
    _, name, kind, not_null, _, place_in_key, _ = row
    nullable = not (not_null or place_in_key)
    return ColumnInfo(str(name), str(kind).lower(), nullable, comments.get(str(name), ""))


def _primary_key(columns: list[Row]) -> tuple[str, ...]:
    parts = sorted((int(row[5] or 0), str(row[1])) for row in columns)
    return tuple(name for place, name in parts if place)


def _foreign_keys(rows: list[Row], primary: dict[str, tuple[str, ...]]) -> tuple[ForeignKey, ...]:
    """Rows are (id, seq, table, from, to, …). A key without `to` means the primary key there."""
    found = []
    for _, parts in groupby(
        sorted(rows, key=lambda row: (int(row[0] or 0), int(row[1] or 0))), key=lambda row: row[0]
    ):
        key = list(parts)
        columns, target = tuple(str(part[3]) for part in key), str(key[0][2])
        named = tuple(str(part[4]) for part in key if part[4] is not None)
        ref_columns = named or primary.get(target, ())
        if len(ref_columns) == len(columns):
            found.append(ForeignKey(columns, target, ref_columns))
    return tuple(sorted(found, key=lambda key: key.columns))


def _rows(session: Session, table: str) -> int | None:
    """The highest row id: right for tables that are only added to, and free of a scan."""
    try:
        [(highest,)] = session.stream(f"SELECT MAX(rowid) FROM {quoted(table)}")  # noqa: S608 - quoted
    except sqlite3.OperationalError:  # WITHOUT ROWID
        return None
    return int(highest or 0)


def ddl_comments(sql: str) -> dict[str, str]:
    """The comment of each column by its name, and of the table under "".

    The table's follows the opening bracket on its line; a column's stands behind it, before
    the next column begins.
    """
    try:
        parts = list(tokens(sql, SQLITE))
    except StatementUnreadable:
        return {}
    comments: dict[str, str] = {}
    depth, current, starts = 0, "", False
    for token in parts:
        if token.kind == "comment":
            if depth == 1:
                comments.setdefault(current, _words(token))
            continue
        if starts:
            current = token.text
        starts = (token.text == "(" and depth == 0) or (token.text == "," and depth == 1)
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "operator" else 0
    return comments


def _words(comment: Token) -> str:
    return comment.text.removeprefix("--").removeprefix("/*").removesuffix("*/").strip()
