"""The lists of one connection against ways around them, on every kind of server."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from sqlalchemy.engine import make_url

from mcp_server.server import create_server
from mcp_server.settings import load
from tests.mcp_server.conftest import SHOP, execute

VIEWS = """
CREATE VIEW v_open AS SELECT id, amount FROM orders;
CREATE VIEW v_pref AS SELECT id, pref FROM customers;
CREATE VIEW v_name AS SELECT id, name FROM customers;
CREATE VIEW v_over AS SELECT * FROM v_name;
CREATE VIEW v_log AS SELECT a FROM log;
CREATE VIEW v_inside AS SELECT id, (SELECT MAX(a) FROM log) AS b FROM orders;
CREATE VIEW v_trusted AS SELECT id, name FROM customers
"""
SERVERS_ONLY = """
CREATE VIEW v_touch AS SELECT touch(1) AS t;
CREATE VIEW v_system AS SELECT TABLE_NAME AS t FROM information_schema.TABLES
"""
# customers.name and log are closed in every way that the test writes its lists.
ATTACKS = """
SELECT * FROM log
SELECT a FROM `log`
SELECT a FROM LOG
SELECT l.a FROM orders o, log l
SELECT 1 FROM orders JOIN (log) ON 1 = 1
SELECT 1 FROM (orders JOIN log ON 1 = 1)
SELECT 1 FROM orders LEFT JOIN customers ON 1 = 1, log
SELECT (SELECT MAX(a) FROM log)
SELECT id FROM orders WHERE id IN (SELECT a FROM log)
SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM log)
SELECT id FROM orders ORDER BY (SELECT MAX(a) FROM log)
SELECT id FROM orders UNION SELECT a FROM log
WITH t AS (SELECT a FROM log) SELECT * FROM t
WITH log AS (SELECT a FROM log) SELECT * FROM log
WITH t AS (WITH log AS (SELECT 1 AS a) SELECT a FROM log) SELECT t.a FROM t, log
SELECT * FROM (WITH log AS (SELECT 1 AS a) SELECT a FROM log) t, log
WITH t AS (SELECT * FROM log), log AS (SELECT 5 AS a) SELECT * FROM t
WITH RECURSIVE log AS (SELECT a FROM log UNION SELECT 1) SELECT * FROM log
SELECT COUNT(*) FROM log
SELECT a FROM log AS orders
SELECT name FROM customers
SELECT `name` FROM customers
SELECT NAME FROM customers
SELECT customers.name FROM customers
SELECT c.name FROM customers c
SELECT c.name FROM customers AS c
SELECT o.name FROM customers o
SELECT UPPER(c.name) FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT * FROM customers
SELECT c.* FROM customers c
SELECT c.*, o.id FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT orders.id, customers.* FROM orders, customers
SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id
SELECT COUNT(name) FROM customers
SELECT COUNT(DISTINCT name) FROM customers
SELECT id FROM customers WHERE name LIKE 'Y%'
SELECT id FROM customers ORDER BY name
SELECT COUNT(*) FROM customers GROUP BY name
SELECT id FROM customers GROUP BY id HAVING MAX(name) > 'A'
SELECT id FROM (SELECT * FROM customers) t
SELECT t.n FROM (SELECT name AS n FROM customers) t
WITH t (a, b, c) AS (SELECT * FROM customers) SELECT b FROM t
SELECT 1 FROM customers JOIN customers AS d USING (name)
SELECT COUNT(*) FROM customers NATURAL JOIN (SELECT 'Yamada' AS name) t
SELECT id FROM orders WHERE 'Yamada' IN (SELECT name FROM customers)
SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM customers WHERE name = 'Yamada')
SELECT CASE WHEN c.name > 'S' THEN 1 END FROM customers c
SELECT ROW_NUMBER() OVER (ORDER BY name) FROM customers
EXPLAIN SELECT name FROM customers
SELECT name FROM v_name
SELECT id FROM v_name
SELECT * FROM v_over
SELECT a FROM v_log
SELECT b FROM v_inside
WITH v_trusted AS (SELECT name FROM customers) SELECT * FROM v_trusted
SELECT t.name FROM v_trusted t JOIN customers c ON c.name = t.name
"""
SERVER_ATTACKS = """
TABLE log
TABLE customers
SELECT a FROM .log
SELECT a FROM {database}.log
SELECT a FROM `{database}` . `log`
SELECT 1 FROM orders STRAIGHT_JOIN log
SELECT 1 FROM {{ OJ orders LEFT OUTER JOIN log ON 1 = 1 }}
SELECT 1 FROM orders USE INDEX FOR ORDER BY (PRIMARY), log
SELECT 1 FROM orders PARTITION (p0), log
SELECT EXTRACT(YEAR FROM ordered_on) FROM orders, log
SELECT NTH_VALUE(id, 2) FROM FIRST OVER (), name FROM customers
SELECT (TABLE log)
SELECT 1 UNION TABLE log
SELECT * FROM (TABLE log) t
VALUES ROW((SELECT MAX(a) FROM log))
SELECT {database}.customers.name FROM {database}.customers
SELECT .customers.name FROM customers
SELECT JSON_ARRAYAGG(name) FROM customers
SELECT j.n FROM customers, JSON_TABLE(CONCAT('["', name, '"]'), '$[*]' COLUMNS (n TEXT PATH '$')) j
SELECT (SELECT name FROM customers LIMIT 1)
SELECT DEFAULT(name) FROM customers
SELECT 'x' FROM customers WHERE MATCH (name) AGAINST ('Y')
SELECT t.name FROM orders o, LATERAL (SELECT * FROM customers) t
DESC log
DESCRIBE customers
EXPLAIN log
EXPLAIN FORMAT=JSON SELECT * FROM log
SHOW COLUMNS FROM log
SHOW FULL COLUMNS FROM orders FROM mysql
SHOW COLUMNS IN customers
SHOW INDEX FROM log IN {database}
SHOW CREATE TABLE log
SHOW CREATE VIEW v_name
SHOW TABLES
SHOW FULL TABLES FROM {database}
SHOW TABLES WHERE (SELECT MAX(a) FROM log)
SHOW TABLE STATUS LIKE 'log'
SHOW TRIGGERS
SHOW DATABASES
SHOW CREATE PROCEDURE fill_log
SHOW PROCEDURE STATUS
SELECT table_name FROM information_schema.tables
SELECT column_name FROM INFORMATION_SCHEMA.COLUMNS
SELECT view_definition FROM `information_schema`.views
SELECT user FROM mysql.user
SELECT * FROM sys.version
SELECT t FROM v_touch
SELECT t FROM v_system
"""
SQLITE_ATTACKS = """
SELECT a FROM 'log'
SELECT a FROM [log]
SELECT a FROM "log"
SELECT a FROM main.log
SELECT sql FROM sqlite_master
SELECT sql FROM sqlite_schema
SELECT c."name" FROM 'customers' c
"""
HONEST = """
SELECT * FROM orders ORDER BY id
SELECT o.* FROM orders o
SELECT id, pref FROM customers
SELECT customers.id FROM customers
SELECT c.pref, COUNT(*) AS n FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.pref
SELECT pref, COUNT(*) FROM customers WHERE pref LIKE '東京%' GROUP BY pref ORDER BY 2 DESC
WITH t AS (SELECT id, pref FROM customers) SELECT * FROM t
WITH log AS (SELECT id FROM orders) SELECT * FROM log
WITH log AS (SELECT id FROM orders), t AS (SELECT * FROM log) SELECT t.id, log.id FROM t, log
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n
SELECT x.n FROM (SELECT COUNT(*) AS n FROM orders) x
SELECT id AS log FROM orders
SELECT log.id FROM orders AS log
SELECT id FROM orders UNION SELECT id FROM customers
SELECT 1 + 1
SELECT id * 2 FROM customers
SELECT id FROM orders WHERE status = 'name'
SELECT * FROM paid
SELECT * FROM v_open
SELECT pref FROM v_pref
SELECT id, name FROM v_trusted
EXPLAIN SELECT id FROM customers
"""
SERVER_HONEST = """
WITH log AS (SELECT id FROM orders), t AS (SELECT * FROM log) SELECT COUNT(*) FROM t, log
SELECT id FROM {database}.orders
SELECT EXTRACT(YEAR FROM ordered_on), TRIM(LEADING 'p' FROM status) FROM orders
SELECT SUBSTRING(status FROM 2 FOR 1) FROM orders
SELECT id FROM orders FORCE INDEX (PRIMARY) WHERE id > 0
DESC orders
SHOW COLUMNS FROM orders
SHOW CREATE TABLE orders
SHOW WARNINGS
SELECT o.id FROM orders o STRAIGHT_JOIN customers c ON c.id = o.customer_id
"""
LISTS = {
    "allow": 'allow = ["{database}.orders", "{database}.customers.id", "{database}.customers.pref",'
    ' "{database}.paid", "{database}.v_o*", "{database}.v_pref", "{database}.v_t*",'
    ' "{database}.v_trusted", "{database}.v_s*", "{database}.v_i*", "{database}.v_n*"]',
    "deny": 'allow = ["*", "{database}.v_trusted"]\ndeny = ["{database}.log", "*.customers.na*"]',
}


@pytest.fixture(params=["mariadb", "mysql", "sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        file = request.getfixturevalue("shop_file")
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(VIEWS)
        return f"sqlite:///{file}"
    database: str = request.getfixturevalue(request.param)
    execute(database, SHOP)
    execute(database, VIEWS)
    execute(database, SERVERS_ONLY)
    return make_url(database).render_as_string(False)


def schema(url: str) -> str:
    return "main" if url.startswith("sqlite") else str(make_url(url).database)


def client(tmp_path: Path, url: str, lists: str) -> Client:
    config = tmp_path / "kotae.toml"
    text = lists.replace("{database}", schema(url))
    config.write_text(f'[connections.shop]\nurl = "{url}"\n{text}\n', encoding="utf-8")
    return Client(create_server(load(config, environ={})))


def statements(url: str, common: str, servers: str, sqlite: str) -> list[str]:
    more = sqlite if url.startswith("sqlite") else servers.format(database=schema(url))
    return (common.strip() + "\n" + more.strip()).strip().split("\n")


REFUSALS = {"NameClosed", "NameNotAllowed", "ColumnsClosed", "ViewUnclear", "StatementUnreadable"}


def code(result: Any) -> str:
    """What kind of error it is; a statement that the server cannot read proves nothing."""
    return str(((result.meta or {}).get("kotae/error") or {}).get("code", "answered"))


async def answers(asked: Client, sql: str) -> Any:
    return await asked.call_tool("query", {"sql": sql})


@pytest.mark.parametrize("lists", LISTS)
async def test_no_statement_reads_around_the_lists(tmp_path: Path, url: str, lists: str) -> None:
    async with client(tmp_path, url, LISTS[lists]) as asked:
        passed = [
            (kind, sql)
            for sql in statements(url, ATTACKS, SERVER_ATTACKS, SQLITE_ATTACKS)
            if (kind := code(await answers(asked, sql))) not in REFUSALS
        ]

    assert passed == []


@pytest.mark.parametrize("kind", LISTS)
async def test_statements_over_what_is_open_pass(tmp_path: Path, url: str, kind: str) -> None:
    async with client(tmp_path, url, LISTS[kind]) as asked:
        refused = [
            (sql, str(result.content))
            for sql in statements(url, HONEST, SERVER_HONEST, "")
            if (result := await answers(asked, sql)).is_error
        ]

    assert refused == []


async def test_a_refusal_says_what_and_what_is_allowed(tmp_path: Path, url: str) -> None:
    lists = 'allow = ["{database}.orders", "{database}.customers.id"]'
    async with client(tmp_path, url, lists) as asked:
        table = await answers(asked, "SELECT * FROM log")
        column = await answers(asked, "SELECT name FROM customers")

    name = schema(url)
    assert f"{name}.log is outside" in str(table.content)
    assert f"{name}.orders, {name}.customers.id" in str(table.content)
    assert "customers.name" in str(column.content)


@pytest.mark.parametrize("kind", LISTS)
async def test_the_catalogue_shows_only_what_is_open(tmp_path: Path, url: str, kind: str) -> None:
    async with client(tmp_path, url, LISTS[kind]) as asked:
        described = await asked.call_tool("describe_tables", {"tables": []})
        found = await asked.call_tool("search_schema", {"text": "name log Yamada 氏名"})
        listed = await asked.call_tool("search_schema", {"text": ""})
        closed = await asked.call_tool("describe_tables", {"tables": ["log"]})

    assert described.structured_content is not None
    tables = {table["name"]: table for table in described.structured_content["tables"]}
    assert {"orders", "customers", "paid", "v_open", "v_trusted"} <= tables.keys()
    assert [column["name"] for column in tables["customers"]["columns"]] == ["id", "pref"]
    assert "log" not in tables
    if not url.startswith("sqlite"):
        assert tables.keys().isdisjoint({"v_name", "v_over", "v_log", "v_inside", "v_touch"})
    assert "Yamada" not in str(described) + str(found) + str(listed)
    assert closed.is_error


async def test_masked_columns_stay_masked_behind_views(tmp_path: Path, url: str) -> None:
    lists = 'mask = ["customers.name", "v_trusted.name"]\nallow = ["*", "{database}.v_trusted"]'
    async with client(tmp_path, url, lists) as asked:
        for sql in ("SELECT name FROM v_name", "SELECT id FROM v_name", "SELECT * FROM v_over"):
            assert (await answers(asked, sql)).is_error, sql
        trusted = await answers(asked, "SELECT id, name FROM v_trusted")
        pref = await answers(asked, "SELECT id, pref FROM v_pref")
        beside = await answers(
            asked, "WITH t AS (SELECT pref FROM customers) SELECT COUNT(*) FROM t"
        )

    assert "***" in str(trusted.structured_content)
    assert "Yamada" not in str(trusted)
    assert "東京都" in str(pref.structured_content)
    assert not beside.is_error


async def test_the_catalogue_may_be_asked_where_allow_names_it(tmp_path: Path, url: str) -> None:
    if url.startswith("sqlite"):
        name, sql = "main.sqlite_master", "SELECT name FROM sqlite_master"
    else:
        name, sql = "information_schema", "SELECT table_name FROM information_schema.tables"
    async with client(tmp_path, url, f'allow = ["*", "{name}"]') as asked:
        assert not (await answers(asked, sql)).is_error
