import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
from sqlalchemy.engine import make_url

from mcp_server.connections import Connections
from mcp_server.indexing import MOST_OF_A_COLUMN, fill
from mcp_server.sampling import MOST_ROWS
from mcp_server.schema import ColumnInfo, Table
from mcp_server.settings import load
from mcp_server.values import Coverage, Values
from tests.mcp_server.conftest import admin, execute, searched, tools


def values_of(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (match["table"], match["column"], match["value"])
        for match in content["matches"]
        if match["value"]
    ]


def sqlite(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return str(path)


async def test_values_of_every_text_column_are_found(shop: str) -> None:
    async with tools(shop) as client:
        for text, value in (
            ("yamada", ("customers", "name", "Yamada")),
            ("おおさか 大阪", ("customers", "pref", "大阪府")),
            ("paid", ("orders", "status", "paid")),
        ):
            content = await searched(client, text)

            assert content["values"]["state"] == "complete"
            assert value in values_of(content)


async def test_a_column_with_more_values_than_are_taken_is_named(tmp_path: Path) -> None:
    database = sqlite(
        tmp_path / "many.sqlite",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(20))",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i <= {MOST_OF_A_COLUMN}) INSERT INTO t SELECT i, 'code ' || i FROM n",
    )
    async with tools(database) as client:
        content = await searched(client, "code 7")
        text = (await client.call_tool("search_schema", {"text": "code 7"})).content

    assert content["values"]["state"] == "truncated"
    assert content["values"]["cut"] == ["t.code"]
    assert "more values than indexed: t.code" in str(text)


async def test_a_table_too_big_is_not_looked_at(tmp_path: Path) -> None:
    database = sqlite(
        tmp_path / "big.sqlite",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
        f"INSERT INTO t VALUES ({MOST_ROWS + 1}, 'zebra')",
    )
    async with tools(database) as client:
        content = await searched(client, "zebra")

    assert values_of(content) == []
    assert content["values"]["left_out"] == ["t.name"]


async def test_long_texts_and_dates_are_no_values_to_look_for(tmp_path: Path) -> None:
    database = sqlite(
        tmp_path / "long.sqlite",
        "CREATE TABLE t (a TEXT)",
        "INSERT INTO t VALUES ('zebra'), ('2026-01-02'), ('zebra ' || hex(zeroblob(100)))",
    )
    async with tools(database) as client:
        content = await searched(client, "zebra 2026")

    assert values_of(content) == [("t", "a", "zebra")]


async def test_a_table_that_may_not_be_read_is_left_out_and_the_others_are_not(shop: str) -> None:
    database = shop.rsplit("/", 1)[1]
    user = f"u_{database[-12:]}"
    execute(
        shop,
        f"CREATE USER {user} IDENTIFIED BY 'x';\n"
        f"GRANT SELECT ON {database}.customers TO {user};\n"
        f"GRANT INSERT ON {database}.plain_text TO {user}",
    )
    url = make_url(shop).set(username=user, password="x").render_as_string(hide_password=False)
    try:
        async with tools(url) as client:
            content = await searched(client, "yamada")
    finally:
        execute(shop, f"DROP USER {user}")

    assert ("customers", "name", "Yamada") in values_of(content)
    assert content["values"]["left_out"] == ["plain_text.body"]


async def test_masked_columns_and_closed_tables_are_never_looked_at(
    shop: str, tmp_path: Path
) -> None:
    config = tmp_path / "kotae.toml"
    database = shop.rsplit("/", 1)[1]
    config.write_text(
        f'[connections.shop]\nurl = "{shop}"\nmask = ["{database}.customers.name"]\n'
        'deny = ["*.plain_text"]\n',
        encoding="utf-8",
    )
    async with tools("shop", KOTAE_CONFIG=str(config)) as client:
        hidden = await searched(client, "yamada suzuki update drop")
        shown = await searched(client, "東京都")

    assert values_of(hidden) == []
    assert values_of(shown)[0] == ("customers", "pref", "東京都")


async def test_a_database_that_is_gone_leaves_everything_out(tmp_path: Path) -> None:
    connections = Connections(load(database=f"sqlite:///{tmp_path / 'gone'}", environ={}))
    columns = (ColumnInfo("a", "text"),)
    tables = [Table(name, "table", "", 0, columns) for name in ("t", "u")]
    values = Values()
    await fill(values, tables, connections, connections.get())

    assert values.coverage == Coverage("truncated", 0, 2, (), ("t.a", "u.a"))


async def test_closing_the_tools_ends_the_filling(mariadb: str) -> None:
    script = (f"CREATE TABLE t{n} (a TEXT)" for n in range(300))
    execute(mariadb, ";\n".join(script))
    async with tools(mariadb) as client:
        result = await client.call_tool("search_schema", {"text": "t1"})
    assert result.structured_content is not None
    assert result.structured_content["values"]["state"] == "building"

    with closing(admin(mariadb)) as connection, connection.cursor() as cursor, anyio.fail_after(60):
        while True:
            cursor.execute(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE()"
            )
            if cursor.fetchone() == ("1",):
                break
            await anyio.lowlevel.checkpoint()
