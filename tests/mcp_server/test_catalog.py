import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from mcp_server.catalog import Catalogs
from mcp_server.catalog_sqlite import ddl_comments
from mcp_server.connections import Connections
from mcp_server.schema import Catalog
from mcp_server.settings import load
from tests.mcp_server.conftest import execute, searched, tools


async def described(database: str, *names: str) -> dict[str, Any]:
    async with tools(database) as client:
        result = await client.call_tool("describe_tables", {"tables": list(names)})
    assert result.structured_content is not None, result.content
    return result.structured_content


def column(table: dict[str, Any], name: str) -> dict[str, Any]:
    return next(column for column in table["columns"] if column["name"] == name)


async def test_tables_come_with_comments_keys_values_and_ranges(shop: str) -> None:
    content = await described(shop, "orders", "customers")
    orders, customers = content["tables"]

    assert content["server"]["flavour"] in {"mysql", "mariadb"}
    assert content["server"]["version"][0].isdigit()
    assert (orders["kind"], orders["comment"], orders["primary_key"]) == ("table", "受注", ["id"])
    assert orders["foreign_keys"] == [
        {"columns": ["customer_id"], "table": "customers", "ref_columns": ["id"]}
    ]
    assert column(orders, "id") == {
        "name": "id",
        "type": "int",
        "nullable": False,
        "comment": "受注番号",
        "values": None,
        "range": None,
    }
    assert column(orders, "status")["values"] == ["open", "paid"]
    assert column(orders, "ordered_on")["range"] == ["2024-01-05", "2024-02-03"]
    assert column(orders, "amount")["type"] == "decimal(12,2)"
    assert column(customers, "pref")["values"] == ["大阪府", "東京都"]


async def test_all_tables_and_views_come_in_the_order_of_their_names(shop: str) -> None:
    content = await described(shop)

    names = [table["name"] for table in content["tables"]]
    assert names == sorted(names)
    assert {"orders", "paid", "words"} <= set(names)
    assert next(t["kind"] for t in content["tables"] if t["name"] == "paid") == "view"


async def test_an_sqlite_file_is_described_the_same_way_with_comments_from_its_ddl(
    shop_file: Path,
) -> None:
    content = await described(str(shop_file), "orders")
    [orders] = content["tables"]

    assert orders["comment"] == "受注"
    assert orders["rows"] == 3
    assert orders["primary_key"] == ["id"]
    assert orders["foreign_keys"] == [
        {"columns": ["customer_id"], "table": "customers", "ref_columns": ["id"]}
    ]
    assert [c["comment"] for c in orders["columns"]] == ["受注番号", "顧客", "状態", "", ""]
    assert column(orders, "status")["values"] == ["open", "paid"]
    assert column(orders, "ordered_on")["range"] == ["2024-01-05", "2024-02-03"]


async def test_the_text_is_one_line_a_table(shop_file: Path) -> None:
    async with tools(str(shop_file)) as client:
        result = await client.call_tool("describe_tables", {"tables": ["orders"]})

    assert result.content[0].model_dump()["text"].split("\n")[2:-1] == [
        "orders(id integer PK /*受注番号*/, customer_id integer→customers.id /*顧客*/, "
        "status varchar(10){'open','paid'} /*状態*/, ordered_on date[2024-01-05..2024-02-03], "
        "amount decimal(12, 2)) -- 受注"
    ]


async def test_an_unknown_table_is_answered_with_the_nearest_names(shop_file: Path) -> None:
    async with tools(str(shop_file)) as client:
        result = await client.call_tool("describe_tables", {"tables": ["order"]})

    assert result.is_error
    assert result.content[0].model_dump()["text"] == (
        "there is no table order. Nearest: orders. search_schema lists what is there."
    )


async def test_a_table_made_later_is_found_when_it_is_asked_for(shop: str) -> None:
    async with tools(shop) as client:
        await client.call_tool("describe_tables", {"tables": []})
        execute(shop, "CREATE TABLE brand_new (id INT)")
        result = await client.call_tool("describe_tables", {"tables": ["brand_new"]})

    assert not result.is_error


async def test_a_url_without_a_database_lists_those_that_are_there(mariadb: str) -> None:
    async with tools(mariadb.rsplit("/", 1)[0] + "/") as client:
        result = await client.call_tool("describe_tables", {"tables": []})

    assert result.is_error
    assert mariadb.rsplit("/", 1)[1] in result.content[0].model_dump()["text"]


async def test_a_table_made_later_is_found_by_search_and_in_the_list(shop: str) -> None:
    async with tools(shop) as client:
        await searched(client, "invoices")
        execute(shop, "CREATE TABLE invoices (id INT)")
        found = await searched(client, "invoices")
        execute(shop, "CREATE TABLE receipts (id INT)")
        listed = await searched(client, "")

    assert found["tables"] == ["invoices"]
    assert "receipts" in listed["tables"]


async def test_many_callers_at_once_read_the_catalogue_once(shop: str) -> None:
    catalogs = Catalogs(Connections(load(database=shop, environ={})))
    found: list[Catalog] = []

    async def ask() -> None:
        found.append(await catalogs.catalog())

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)
    await catalogs.close()

    assert len(found) == 20
    assert all(catalog is found[0] for catalog in found)


async def test_an_old_catalogue_answers_at_once_and_is_renewed_meanwhile(shop_file: Path) -> None:
    clock = itertools.count()
    connections = Connections(load(database=str(shop_file), environ={}))
    catalogs = Catalogs(connections, fresh=5, clock=lambda: next(clock))
    before = await catalogs.catalog()
    with closing(sqlite3.connect(shop_file)) as connection:
        connection.execute("ALTER TABLE log ADD COLUMN added_later INT")
    with anyio.fail_after(60):
        while (after := await catalogs.catalog()) is before:
            await anyio.lowlevel.checkpoint()
    await catalogs.close()

    assert [column.name for column in before.tables["log"].columns] == ["a"]
    assert [column.name for column in after.tables["log"].columns] == ["a", "added_later"]


async def test_search_finds_values_neighbours_and_the_way_between(shop: str) -> None:
    async with tools(shop) as client:
        content = await searched(client, "東京のお客様の受注")
        result = await client.call_tool("search_schema", {"text": "東京のお客様の受注"})

    values = [match for match in content["matches"] if match["value"]]
    assert (values[0]["table"], values[0]["column"]) == ("customers", "pref")
    assert values[0]["value"] == "東京都"
    assert {"customers", "orders"} == set(content["tables"][:2])
    assert content["joins"][0]["on"] == ["orders.customer_id = customers.id"]
    text = result.content[0].model_dump()["text"]
    assert "orders.customer_id = customers.id" in text
    assert "customers.pref = '東京都'" in text


async def test_tables_that_are_named_come_with_the_way_to_join_them(mariadb: str) -> None:
    execute(
        mariadb,
        "CREATE TABLE a (id INT PRIMARY KEY);\n"
        "CREATE TABLE b (id INT PRIMARY KEY, a_id INT, FOREIGN KEY (a_id) REFERENCES a (id));\n"
        "CREATE TABLE c (id INT, b_id INT, FOREIGN KEY (b_id) REFERENCES b (id))",
    )
    content = await described(mariadb, "a", "c")

    assert content["joins"] == [
        {"tables": ["a", "b", "c"], "on": ["b.a_id = a.id", "c.b_id = b.id"]}
    ]


@pytest.mark.parametrize(
    ("ddl", "comments"),
    [
        ("CREATE TABLE t (a INT)", {}),
        (
            "CREATE TABLE t ( -- 表\n a INT, -- 甲\n b INT -- 乙\n)",
            {"": "表", "a": "甲", "b": "乙"},
        ),
        ("CREATE TABLE t (a INT DEFAULT '-- x', b DECIMAL(9, 2) -- y\n)", {"b": "y"}),
        ('CREATE TABLE t (\n "a b" INT, /* 甲 */\n CHECK (1 > 0))', {"a b": "甲"}),
        ("CREATE TABLE t (a INT 'unclosed", {}),
    ],
)
def test_comments_are_read_out_of_the_ddl(ddl: str, comments: dict[str, str]) -> None:
    assert ddl_comments(ddl) == comments
