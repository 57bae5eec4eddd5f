"""What a statement reads, and the servers' own rights as the judge of it."""

import random
from contextlib import closing
from typing import Any

import pymysql
import pytest
from sqlalchemy.engine import make_url

from mcp_server.database_url import read_url
from mcp_server.errors import DatabaseToolError, StatementUnreadable
from mcp_server.lexer import MYSQL, tokens
from mcp_server.mysql import MySqlDatabase
from mcp_server.policy import check
from mcp_server.reads import Reads
from mcp_server.settings import ConnectionSettings, Limits
from mcp_server.sources import find
from tests.mcp_server.conftest import admin

CASES = 2500
DENIED = {1044, 1142, 1143, 1345, 1356}
SOURCES = (
    *("orders", "orders o", "customers", "customers c"),
    *("orders", "log", "customers", "orders o", "log AS orders", "customers AS log", "plain w"),
    *(
        "(log)",
        "(orders JOIN log ON 1 = 1)",
        "`customers` c",
        "{db}.log",
        "{db} . `orders`",
        ".log",
    ),
    *("orders USE INDEX FOR ORDER BY (PRIMARY)", "{{ OJ orders LEFT JOIN log ON 1 = 1 }}", "DUAL"),
    *("LATERAL ({query}) q", "({query}) t", "({query}) log", "t", "n", "(VALUES ROW(1)) v"),
    "JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) j",
)
# No NATURAL JOIN here: MariaDB 10.11 ends with a signal when an account with rights to single
# columns names a table there that is not joined.
JOINS = (", ", " JOIN ", " CROSS JOIN ", " STRAIGHT_JOIN ", " INNER JOIN ")
ITEMS = (
    *("1", "COUNT(*)", "pref", "o.id", "c.pref", "orders.id"),
    *("id", "name", "*", "c.*", "o.id", "c.name", "a", "log.a", "1", "COUNT(*)", "t.name", "n.a"),
    *("({query})", "EXISTS ({query})", "NTH_VALUE(id, 1) FROM FIRST OVER ()", "orders.id", "pref"),
    *("TRIM(LEADING 'x' FROM pref)", "EXTRACT(YEAR FROM ordered_on)", "customers.pref", "id * 2"),
    *("id AS name", "{db}.customers.name", "MAX(pref)", "CONCAT(name, a)"),
)
TAILS = (
    *("", "", "", "", " WHERE id IN ({query})", " ORDER BY id, name", " ORDER BY ({query})"),
    *(" GROUP BY id, pref", " HAVING 1", " LIMIT 1", " UNION {query}", " WHERE name = 'x'"),
)
WITHS = (
    *("", "", "", "WITH n AS ({query}) ", "WITH log AS ({query}) ", "WITH LOG AS ({query}) "),
    *("WITH n AS ({query}), log AS ({query}) ", "WITH RECURSIVE log AS ({query} UNION {query}) "),
    "WITH t (a) AS ({query}), n AS ({query}) ",
)


def statement(draw: random.Random, database: str, depth: int = 2) -> str:
    def filled(text: str) -> str:
        while "{query}" in text:
            inner = statement(draw, database, depth - 1) if depth else "SELECT 1 AS a"
            text = text.replace("{query}", inner, 1)
        return text.replace("{db}", database).replace("{{", "{").replace("}}", "}")

    items = ", ".join(draw.choice(ITEMS) for _ in range(draw.choice((1, 1, 2))))
    sources = draw.choice(SOURCES)
    for _ in range(draw.choice((0, 0, 1, 2))):
        sources += draw.choice(JOINS) + draw.choice(SOURCES)
    return filled(f"{draw.choice(WITHS)}SELECT {items} FROM {sources}{draw.choice(TAILS)}")


def test_what_the_lists_admit_the_servers_own_rights_admit_too(shop: str) -> None:
    """An account that may read the open columns only is refused nothing that the lists let pass."""
    url = read_url(shop)
    allow = tuple(f"{url.database}.{name}" for name in ("orders", "customers.id", "customers.pref"))
    settings = ConnectionSettings("shop", url, allow=allow, tls="preferred")
    database = MySqlDatabase(settings, Limits())
    admitted = refused_rightly = 0
    with closing(admin(shop)) as root, closing(reader(root, shop)) as account:
        draw = random.Random(1)
        for _ in range(CASES):
            sql = statement(draw, str(url.database))
            answer = error_number(account, sql)
            if passes(database, sql):
                # A column that is nowhere is "denied" too; then it is so for everybody.
                assert answer not in DENIED or error_number(root, sql), sql
                admitted += answer == 0
            else:
                refused_rightly += answer in DENIED
        database.close()
        with root.cursor() as cursor:
            cursor.execute(f"DROP USER {url.database}@'%'")
    assert admitted > CASES / 100
    assert refused_rightly > CASES / 10


def reader(root: Any, url: str) -> Any:
    database = make_url(url).database
    with root.cursor() as cursor:
        for sql in (
            f"CREATE USER {database}@'%' IDENTIFIED BY 'reads'",
            f"GRANT SELECT ON {database}.orders TO {database}@'%'",
            f"GRANT SELECT (id, pref) ON {database}.customers TO {database}@'%'",
        ):
            cursor.execute(sql)
    return admin(make_url(url).set(username=database, password="reads").render_as_string(False))


def error_number(account: Any, sql: str) -> int:
    """0 when it runs."""
    try:
        with account.cursor() as cursor:
            cursor.execute(sql)
    except pymysql.Error as error:
        return int(error.args[0])
    return 0


def passes(database: MySqlDatabase, sql: str) -> bool:
    try:
        check(sql, database.policy)
        with database.session() as session:
            session.admit(sql)
    except DatabaseToolError:
        return False
    return True


def reads(sql: str) -> Reads:
    return find([token for token in tokens(sql, MYSQL) if token.kind != "comment"], "shop")


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", set()),
        ("TABLE t", {"shop.t"}),
        ("SELECT a FROM t WHERE b IN (SELECT c FROM hr.u)", {"shop.t", "hr.u"}),
        ("WITH t AS (SELECT 1) SELECT * FROM t", set()),
        ("WITH t AS (SELECT 1) SELECT * FROM T", {"shop.T"}),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", {"shop.t"}),
        ("SELECT EXTRACT(YEAR FROM d) FROM t", {"shop.t"}),
        ("SELECT `from`.`select` FROM `from`", {"shop.from"}),
        ("SHOW COLUMNS FROM t FROM hr", {"hr.t"}),
        ("DESC hr.t", {"hr.t"}),
        ("SELECT x FROM a, b JOIN (c, d) ON 1 GROUP BY e, f", {f"shop.{t}" for t in "abcd"}),
    ],
)
def test_the_tables_of_a_statement_are_found(sql: str, tables: set[str]) -> None:
    assert {f"{source.schema}.{source.table}" for source in reads(sql).tables} == tables


@pytest.mark.parametrize(
    "sql", ["SELECT 1 FROM t WHERE a IS DISTINCT FROM b", "SELECT 1 FROM a.b.c", "SELECT 1)"]
)
def test_what_fits_no_grammar_is_unreadable(sql: str) -> None:
    with pytest.raises(StatementUnreadable):
        reads(sql)
