import re
from contextlib import closing
from dataclasses import replace
from typing import Any

import pymysql
import pytest

from mcp_server import functions
from mcp_server.closed import CLOSED, Closed
from mcp_server.errors import (
    FunctionNotAllowed,
    NameClosed,
    PolicyRefused,
    SeveralStatements,
    UnknownFunction,
    WriteRefused,
)
from mcp_server.policy import MYSQL_POLICY, SQLITE_POLICY, check
from tests.mcp_server.conftest import admin, corpus

NEWER_THAN_THE_TEST_SERVERS = re.compile(
    r"KDF|VEC_\w+|JSON_(ARRAY_INTERSECT|KEY_VALUE|OBJECT_FILTER_KEYS|OBJECT_TO_ARRAY)"
)
SHOP_POLICY = replace(MYSQL_POLICY, closed=Closed.of(CLOSED, "shop"))


@pytest.mark.parametrize("flavour", ["mysql", "mariadb"])
def test_the_policy_alone_refuses_every_attack(flavour: str) -> None:
    assert [entry["sql"] for entry in corpus("attacks", flavour) if not refused(entry)] == []


def refused(entry: dict[str, Any]) -> bool:
    try:
        check(entry["sql"], SHOP_POLICY)
    except PolicyRefused:
        return True
    return False


@pytest.mark.parametrize("flavour", ["mysql", "mariadb"])
def test_the_policy_lets_every_honest_statement_pass(flavour: str) -> None:
    for entry in corpus("honest", flavour):
        check(entry["sql"].replace("{database}", "shop"), SHOP_POLICY)


def test_the_corpora_hold_three_hundred_statements_of_each_kind_for_each_server() -> None:
    for flavour in ("mysql", "mariadb"):
        for name in ("attacks", "honest"):
            assert len({entry["sql"] for entry in corpus(name, flavour)}) >= 300


def test_a_refusal_names_the_layer_the_token_and_the_next_step() -> None:
    with pytest.raises(WriteRefused) as refusal:
        check("delete from orders", MYSQL_POLICY)

    assert str(refusal.value) == (
        "statement policy: DELETE changes the database, and this connection only reads. "
        "Ask for rows with SELECT instead."
    )


def test_the_second_statement_is_named() -> None:
    with pytest.raises(SeveralStatements) as refusal:
        check("SELECT 1; DROP TABLE t", MYSQL_POLICY)

    assert refusal.value.slots == {"token": "DROP"}


def test_a_refused_function_is_named_as_it_was_written() -> None:
    with pytest.raises(FunctionNotAllowed) as refusal:
        check("SELECT `Sleep`(1)", MYSQL_POLICY)

    assert refusal.value.slots == {"token": "Sleep"}


def test_a_function_that_is_not_built_in_is_answered_with_the_nearest_and_the_setting() -> None:
    with pytest.raises(UnknownFunction) as refusal:
        check("SELECT SUBSTRNG('abc', 1)", MYSQL_POLICY)

    assert str(refusal.value) == (
        "statement policy: SUBSTRNG is not a built-in function. Nearest: SUBSTRING. "
        "Use built-in functions, or list it under functions in kotae.toml."
    )


def test_a_stored_function_that_the_settings_name_may_be_called() -> None:
    policy = replace(MYSQL_POLICY, stored=frozenset({"touch"}))

    check("SELECT touch(1), shop.`Touch`(2)", policy)
    with pytest.raises(UnknownFunction):
        check("SELECT untouch(1)", policy)


def test_every_listed_function_is_built_into_a_server(mariadb: str, mysql: str) -> None:
    unknown = set(functions.MYSQL)
    for url in (mariadb, mysql):
        with closing(admin(url)) as connection, connection.cursor() as cursor:
            unknown = {name for name in unknown if not built_in(cursor, name)}

    assert [name for name in unknown if not NEWER_THAN_THE_TEST_SERVERS.fullmatch(name)] == []


def built_in(cursor: Any, name: str) -> bool:
    try:
        cursor.execute(f"SELECT {name}()")
    except pymysql.Error as error:
        return error.args[0] not in {1305, 1630}
    return True


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM salaries",
        "SELECT * FROM `Salaries`",
        "SELECT * FROM .salaries",
        "SELECT * FROM shop.salaries",
        "SELECT * FROM shop . `salaries` s",
        "SELECT salaries.pay FROM salaries",
        "SELECT * FROM ＳＡＬＡＲＩＥＳ",
        "SELECT * FROM hr.people",
        "SHOW TABLES FROM hr",
        "SHOW CREATE DATABASE IF NOT EXISTS hr",
        "DESC hr.people",
        "SHOW ENGINES",
        "SHOW TABLES",
    ],
)
def test_what_deny_names_is_closed(sql: str) -> None:
    closed = Closed.of(["shop.salaries", "hr", "show engines"], "shop")
    with pytest.raises(NameClosed):
        check(sql, replace(MYSQL_POLICY, closed=closed))


@pytest.mark.parametrize(
    "sql", ["SELECT o.salaries FROM o", "SELECT 'salaries'", "SELECT 1 AS salaries", "SHOW STATUS"]
)
def test_what_deny_does_not_name_is_open(sql: str) -> None:
    check(sql, replace(MYSQL_POLICY, closed=Closed.of(["shop.salaries", "hr"], "shop")))


def test_an_empty_deny_list_opens_what_is_closed_by_default() -> None:
    for sql in ("SHOW PROCESSLIST", "SELECT user FROM mysql.user", "SHOW BINLOG EVENTS"):
        check(sql, MYSQL_POLICY)
        with pytest.raises(NameClosed):
            check(sql, SHOP_POLICY)


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA query_only = OFF",
        "ATTACH DATABASE 'x.db' AS x",
        "DETACH x",
        "VACUUM",
        "VACUUM INTO 'copy.db'",
        "REINDEX",
        "ANALYZE",
        "BEGIN",
        "INSERT INTO log VALUES (1)",
        "REPLACE INTO log VALUES (1)",
        "WITH x AS (SELECT 1) DELETE FROM log",
        "SELECT load_extension('x')",
        "SELECT [load_extension]('x')",
        "SELECT writefile('x', 'y')",
        "EXPLAIN DELETE FROM log",
        "SELECT 1; DROP TABLE log",
        "SELECT 'a\\'; DROP TABLE log; --'",
        "SHOW TABLES",
        "SELECT 1 # x",
    ],
)
def test_sqlite_reads_by_its_own_rules_and_only_reads(sql: str) -> None:
    with pytest.raises(PolicyRefused):
        check(sql, SQLITE_POLICY)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1;",
        "SELECT 1 --comment",
        "SELECT 'a\\'",
        'SELECT "update", [delete], `into` FROM t',
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n",
        "VALUES (1), (2)",
        "EXPLAIN QUERY PLAN SELECT 1",
        "SELECT replace('a', 'b', 'c'), strftime('%Y', 'now')",
        "SELECT call, procedure FROM t",
    ],
)
def test_sqlite_statements_that_read_pass(sql: str) -> None:
    check(sql, SQLITE_POLICY)
