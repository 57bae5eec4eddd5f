from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from sqlalchemy.engine import make_url

from mcp_server.errors import BadColumns
from mcp_server.server import create_server
from mcp_server.settings import load
from tests.mcp_server.conftest import SHOP, execute

LEAKS = """
SELECT name FROM customers WHERE name LIKE 'Y%'
SELECT UPPER(name) FROM customers
SELECT MAX(name) FROM customers
SELECT (name) FROM customers
SELECT name || '' FROM customers
SELECT id, name AS n FROM customers
SELECT name n FROM customers HAVING n LIKE 'Y%'
SELECT name FROM customers HAVING name > 'A'
SELECT id FROM customers ORDER BY name
SELECT COUNT(*) FROM customers GROUP BY name
SELECT * FROM (SELECT * FROM customers) t
SELECT n FROM (SELECT name AS n FROM customers) t
SELECT (SELECT name FROM customers LIMIT 1)
WITH t AS (SELECT * FROM customers) SELECT * FROM t
WITH t (a, b, c) AS (SELECT * FROM customers) SELECT b FROM t
SELECT 1, 'x', 2 UNION SELECT * FROM customers
SELECT name FROM customers UNION SELECT 'x'
SELECT * FROM orders WHERE EXISTS (SELECT 1 FROM customers WHERE name LIKE 'Y%')
SELECT * FROM customers NATURAL JOIN (SELECT 'Yamada' AS name) t
SELECT * FROM orders o JOIN customers c ON c.name = 'Yamada'
SELECT * FROM orders JOIN customers USING (name)
SELECT CASE WHEN name = 'x' THEN 1 END FROM customers
SELECT `Name` + 0 FROM `customers`
SELECT ｎａｍｅ FROM customers WHERE name = 1
SELECT id, 1 AS name FROM customers
SELECT DISTINCT name FROM customers
SELECT name, COUNT(*) FROM customers GROUP BY 1
SELECT * FROM customers ORDER BY (2)
SELECT (SELECT 1), name FROM customers
SELECT COUNT(DISTINCT c.name) FROM customers AS c
EXPLAIN SELECT * FROM customers WHERE name = 'x'
"""
SHOWN = """
SELECT * FROM customers ORDER BY id
SELECT id, name FROM customers ORDER BY id
SELECT c.id, c.name, c.pref FROM customers c ORDER BY c.id
SELECT c.name, o.id FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id
SELECT customers.* FROM customers WHERE pref IS NOT NULL ORDER BY id
"""


def masked(tmp_path: Path, url: str) -> Client:
    config = tmp_path / "kotae.toml"
    config.write_text(
        f'[connections.shop]\nurl = "{url}"\nmask = ["customers.name", "orders.ordered_on"]\n'
        'deny = ["*.log"]\n',
        encoding="utf-8",
    )
    return Client(create_server(load(config, environ={})))


@pytest.fixture(params=["mariadb", "mysql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('shop_file')}"
    database: str = request.getfixturevalue(request.param)
    execute(database, SHOP)
    return make_url(database).render_as_string(False)


async def test_masked_columns_show_as_stars_and_others_as_they_are(
    tmp_path: Path, url: str
) -> None:
    async with masked(tmp_path, url) as client:
        for sql in SHOWN.strip().split("\n"):
            result = await client.call_tool("query", {"sql": sql})

            assert result.structured_content is not None, (sql, result.content)
            assert "***" in str(result.structured_content["rows"]), sql
            assert_nothing_leaked(result)


async def test_every_other_way_to_a_masked_value_is_refused(tmp_path: Path, url: str) -> None:
    async with masked(tmp_path, url) as client:
        for sql in LEAKS.strip().split("\n"):
            result = await client.call_tool("query", {"sql": sql})

            assert result.is_error, sql
            assert_nothing_leaked(result)


async def test_the_catalogue_holds_no_masked_value_and_no_closed_table(
    tmp_path: Path, url: str
) -> None:
    async with masked(tmp_path, url) as client:
        described = await client.call_tool("describe_tables", {"tables": []})
        found = await client.call_tool("search_schema", {"text": "Yamada 佐藤 東京都"})

    assert described.structured_content is not None
    names = [table["name"] for table in described.structured_content["tables"]]
    assert "customers" in names
    assert "log" not in names
    assert "東京都" in str(described.content)
    assert "Yamada" not in str(described) + str(found)
    assert "2024-01-05" not in str(described.structured_content["tables"][names.index("orders")])


async def test_the_structure_of_a_masked_table_may_be_asked(tmp_path: Path, url: str) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has neither DESC nor SHOW")
    async with masked(tmp_path, url) as client:
        for sql in ("DESC customers", "SHOW CREATE TABLE customers", "EXPLAIN customers"):
            assert not (await client.call_tool("query", {"sql": sql})).is_error


def assert_nothing_leaked(result: Any) -> None:
    assert not any(name in str(result) for name in ("Yamada", "YAMADA", "佐藤", "Suzuki"))


def test_entries_must_name_columns_in_full(tmp_path: Path) -> None:
    config = tmp_path / "kotae.toml"
    config.write_text('[database]\nurl = "mysql://a/b"\nmask = ["email"]\n', encoding="utf-8")

    with pytest.raises(BadColumns, match=r"database\.mask"):
        load(config, environ={})
