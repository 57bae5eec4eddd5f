"""The read-only promise against an account that holds every right, on real servers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import TextContent

from mcp_server.connections import Connections
from mcp_server.errors import FenceRefused
from mcp_server.sessions import Session
from mcp_server.settings import load
from tests.mcp_server.conftest import admin, corpus, tools
from tests.mcp_server.state import VOLATILE, watching

CHANGES = [
    "INSERT INTO log VALUES (2)",
    "UPDATE orders SET amount = 0",
    "DELETE FROM orders",
    "INSERT INTO plain VALUES (2)",
    "SELECT touch(2)",
    "CREATE TABLE kotae_x (a INT)",
    "DROP TABLE orders",
    "ALTER TABLE orders ADD COLUMN x INT",
    "TRUNCATE TABLE log",
    "CREATE USER kotae_evil IDENTIFIED BY 'x'",
    "CREATE TEMPORARY TABLE kotae_x (a INT)",
    "CALL fill_log()",
]


def flavour(url: str) -> str:
    with closing(admin(url)) as connection:
        return "mariadb" if "MariaDB" in connection.get_server_info() else "mysql"


@contextmanager
def session(url: str) -> Iterator[Session]:
    """A session without the statement policy: only the fence stands."""
    connections = Connections(load(database=url, environ={}))
    try:
        with connections.get().session() as opened:
            yield opened
    finally:
        connections.close()


async def test_no_attack_with_all_privileges_changes_anything(shop: str) -> None:
    with watching(shop) as watch:
        async with tools(shop) as client:
            before = watch.state(), await session_variables(client)
            for entry in corpus("attacks", flavour(shop)):
                result = await client.call_tool("query", {"sql": watch.filled(entry["sql"])})

                assert result.is_error, entry
                assert (watch.state(), await session_variables(client)) == before, entry


async def session_variables(client: Client) -> dict[str, str]:
    """All of the session that the next statement would get."""
    sql = f"SHOW SESSION VARIABLES WHERE Variable_name NOT IN ({VOLATILE})"
    result = await client.call_tool("query", {"sql": sql})
    assert result.structured_content is not None, result.content
    return dict(result.structured_content["rows"])


async def test_every_honest_statement_gives_what_it_gives_without_us(shop: str) -> None:
    with watching(shop) as watch:
        async with tools(shop) as client:
            for entry in corpus("honest", flavour(shop)):
                sql = watch.filled(entry["sql"])
                result = await client.call_tool("query", {"sql": sql})

                assert result.structured_content is not None, (entry, result.content)
                assert cells(result.structured_content["rows"]) == directly(shop, sql), entry


def directly(url: str, sql: str) -> list[list[Any]]:
    with closing(admin(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cells(cursor.fetchall())


def cells(rows: Any) -> list[list[Any]]:
    return [[comparable(cell) for cell in row] for row in rows]


def comparable(cell: Any) -> Any:
    if isinstance(cell, bytes):
        return f"<{len(cell)} bytes 0x{cell.hex()}>"
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell


def test_the_fence_alone_stops_every_change(shop: str) -> None:
    with watching(shop) as watch:
        before = watch.state()
        for sql in CHANGES:
            with pytest.raises(FenceRefused), session(shop) as opened:
                list(opened.stream(sql))

        assert watch.state() == before


async def test_sqlite_writes_are_refused_through_the_tool(shop_file: Path) -> None:
    async with tools(str(shop_file)) as client:
        result = await client.call_tool("query", {"sql": "DELETE FROM orders"})

    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    assert result.content[0].text.startswith("statement policy: DELETE changes the database")
