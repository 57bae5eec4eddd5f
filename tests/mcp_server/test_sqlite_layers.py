"""Each layer of SQLite's fence alone, on a file and a connection that could be written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mcp_server import sqlite
from mcp_server.connections import Connections
from mcp_server.errors import DatabaseToolError
from mcp_server.settings import load

CHANGES = [
    "INSERT INTO log VALUES (2)",
    "DELETE FROM orders",
    "DROP TABLE orders",
    "CREATE TABLE kotae_x (a INT)",
    "PRAGMA user_version = 7",
]
ESCAPES = [
    "CREATE TEMP TABLE kotae_x (a INT)",
    "ATTACH DATABASE 'other.db' AS other",
    "PRAGMA query_only = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA writable_schema = ON",
    "VACUUM INTO 'copy.db'",
    "SELECT load_extension('x')",
]


@pytest.fixture
def writable(shop_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(shop_file, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = OFF")
        yield connection


def refused(connection: sqlite3.Connection, sql: str, file: Path) -> str:
    """The error of `sql`, after which the file is what it was."""
    before = file.read_bytes()
    with pytest.raises(sqlite3.Error) as error:
        connection.execute(sql).fetchall()
    assert file.read_bytes() == before
    return str(error.value)


def test_without_any_layer_the_file_is_changed(writable: sqlite3.Connection) -> None:
    for sql in CHANGES:
        writable.execute(sql)


@pytest.mark.parametrize("sql", CHANGES)
def test_the_way_it_is_opened_alone_stops_every_change(shop_file: Path, sql: str) -> None:
    with closing(sqlite.opened(shop_file)) as connection:
        assert "readonly" in refused(connection, sql, shop_file)


@pytest.mark.parametrize("sql", CHANGES)
def test_query_only_alone_stops_every_change(
    writable: sqlite3.Connection, shop_file: Path, sql: str
) -> None:
    writable.execute(sqlite.QUERY_ONLY)

    assert "readonly" in refused(writable, sql, shop_file)


@pytest.mark.parametrize("sql", CHANGES + ESCAPES)
def test_the_authorizer_alone_stops_every_change_and_every_way_out(
    writable: sqlite3.Connection, shop_file: Path, sql: str
) -> None:
    writable.set_authorizer(sqlite.authorized)

    assert "authoriz" in refused(writable, sql, shop_file)


@pytest.mark.parametrize("sql", CHANGES + ESCAPES)
def test_all_together_stop_every_change_and_leave_no_file(shop_file: Path, sql: str) -> None:
    before = shop_file.read_bytes()
    connections = Connections(load(database=str(shop_file), environ={}))
    with (
        closing(connections),
        pytest.raises(DatabaseToolError),
        connections.get().session() as session,
    ):
        list(session.stream(sql))

    assert shop_file.read_bytes() == before
    assert [file.name for file in shop_file.parent.glob("*.db*")] == []


def test_one_value_cannot_fill_the_memory(shop_file: Path) -> None:
    connections = Connections(load(database=str(shop_file), environ={}))
    with (
        closing(connections),
        pytest.raises(DatabaseToolError, match="too big"),
        connections.get().session() as session,
    ):
        list(session.stream("SELECT length(zeroblob(100000000))"))
