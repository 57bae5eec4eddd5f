"""A small shop on each kind of server, and a client of our tools on it."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pymysql
import pytest
from mcp import Client
from pymysql.converters import encoders
from sqlalchemy.engine import make_url

from mcp_server.server import create_server
from mcp_server.settings import load

CORPUS = Path(__file__).parent / "corpus"
SHOP = """
CREATE TABLE customers (
  id INT PRIMARY KEY,
  name VARCHAR(40) NOT NULL COMMENT '氏名',
  pref VARCHAR(10) COMMENT '都道府県'
) COMMENT '顧客';
CREATE TABLE orders (
  id INT PRIMARY KEY COMMENT '受注番号',
  customer_id INT NOT NULL,
  status ENUM('open','paid') NOT NULL COMMENT '状態',
  ordered_on DATE,
  amount DECIMAL(12,2),
  FOREIGN KEY (customer_id) REFERENCES customers (id)
) COMMENT '受注';
CREATE TABLE log (a INT);
CREATE TABLE plain (a INT) ENGINE=MyISAM;
CREATE TABLE plain_text (id INT, body TEXT, FULLTEXT (body)) ENGINE=MyISAM;
CREATE TABLE words (`update` INT, `delete` INT, `into` INT, sleep INT, load_file INT,
  created_at DATE, updated_at DATE, is_deleted TINYINT(1));
CREATE TABLE jsons (amount INT, note JSON);
CREATE VIEW paid AS SELECT * FROM orders WHERE status = 'paid';
CREATE FUNCTION touch(x INT) RETURNS INT DETERMINISTIC
  BEGIN INSERT INTO log VALUES (x)# RETURN x# END;
CREATE PROCEDURE fill_log() INSERT INTO log VALUES (1);
INSERT INTO customers VALUES (1, 'Yamada', '東京都'), (2, '佐藤', '大阪府'), (3, 'Suzuki', NULL);
INSERT INTO orders VALUES (1, 1, 'paid', '2024-01-05', 120.50), (2, 1, 'open', '2024-02-01', 80.00),
  (3, 2, 'paid', '2024-02-03', 9999999.99);
INSERT INTO log VALUES (1);
INSERT INTO plain VALUES (1);
INSERT INTO plain_text VALUES (1, 'how to update things'), (2, 'drop it');
INSERT INTO words VALUES (1, 2, 3, 4, 5, '2024-01-01', NULL, 0);
INSERT INTO jsons VALUES (1, '{"a": "x"}')
"""
SQLITE_SHOP = """
CREATE TABLE "customers" ( -- 顧客
  "id" INTEGER NOT NULL PRIMARY KEY,
  "name" VARCHAR(40) NOT NULL, -- 氏名
  "pref" VARCHAR(10) -- 都道府県
);
CREATE TABLE "orders" ( -- 受注
  "id" INTEGER NOT NULL PRIMARY KEY, -- 受注番号
  "customer_id" INTEGER NOT NULL REFERENCES customers, /* 顧客 */
  "status" VARCHAR(10) NOT NULL DEFAULT '-- no, really', -- 状態
  "ordered_on" DATE,
  "amount" DECIMAL(12, 2)
);
CREATE TABLE log (a INTEGER);
CREATE VIEW paid AS SELECT * FROM orders WHERE status = 'paid';
INSERT INTO customers VALUES (1, 'Yamada', '東京都'), (2, '佐藤', '大阪府'), (3, 'Suzuki', NULL);
INSERT INTO orders VALUES (1, 1, 'paid', '2024-01-05', 120.5), (2, 1, 'open', '2024-02-01', 80),
  (3, 2, 'paid', '2024-02-03', 9999999.99);
"""


def corpus(name: str, flavour: str | None = None) -> list[dict[str, Any]]:
    """The statements of a corpus file, or those meant for one kind of server."""
    text = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    return [entry for entry in entries if flavour is None or flavour in entry["on"]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How big the corpora are, in every run."""
    for name in ("attacks", "honest"):
        counts = {flavour: len(corpus(name, flavour)) for flavour in ("mariadb", "mysql")}
        classes = Counter(entry["class"] for entry in corpus(name))
        terminalreporter.write_line(
            f"corpus {name}: {classes.total()} statements"
            f" (mariadb {counts['mariadb']}, mysql {counts['mysql']}), "
            + ", ".join(f"{kind} {count}" for kind, count in sorted(classes.items()))
        )


def admin(url: str) -> "pymysql.connections.Connection[Any]":
    """A plain connection with every right, beside the tools; cells as the server writes them."""
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.database,
        charset="utf8mb4",
        conv=encoders,
        autocommit=True,
    )


def execute(url: str, script: str) -> None:
    """Run statements separated by ";" and a line end; "#" stands for one inside a body."""
    with closing(admin(url)) as connection, connection.cursor() as cursor:
        for statement in script.strip().split(";\n"):
            cursor.execute(statement.replace("#", ";"))


def tools(database: str, **environ: str) -> Client:
    """A client of our tools, in memory."""
    return Client(create_server(load(database=database, environ=environ)), raise_exceptions=True)


async def searched(client: Client, text: str) -> dict[str, Any]:
    """What search_schema finds once the values are indexed."""
    with anyio.fail_after(60):
        while True:
            result = await client.call_tool("search_schema", {"text": text})
            assert result.structured_content is not None, result.content
            if result.structured_content["values"]["state"] != "building":
                return result.structured_content
            await anyio.lowlevel.checkpoint()


@pytest.fixture
def shop(server_database: str) -> str:
    """The shop on MariaDB and on MySQL in turn; the URL of an account with all rights."""
    execute(server_database, SHOP)
    return server_database


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    """The shop as an SQLite file."""
    file = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SQLITE_SHOP)
    return file
