from typing import Any

import pytest

from mcp_server.errors import FunctionNotAllowed, PolicyRefused, SeveralStatements, WriteRefused
from mcp_server.policy import MYSQL_POLICY, SQLITE_POLICY, check
from tests.mcp_server.conftest import corpus

# A stored function without its schema looks like any other: the fence stops what it writes.
LEFT_TO_THE_FENCE = ("SELECT touch(1)", "SELECT (SELECT touch(1))")


@pytest.mark.parametrize("flavour", ["mysql", "mariadb"])
def test_the_policy_alone_refuses_every_attack_but_unqualified_stored_functions(
    flavour: str,
) -> None:
    passed = [entry["sql"] for entry in corpus("attacks", flavour) if not refused(entry)]

    assert passed == list(LEFT_TO_THE_FENCE)


def refused(entry: dict[str, Any]) -> bool:
    try:
        check(entry["sql"], MYSQL_POLICY)
    except PolicyRefused:
        return True
    return False


@pytest.mark.parametrize("flavour", ["mysql", "mariadb"])
def test_the_policy_lets_every_honest_statement_pass(flavour: str) -> None:
    for entry in corpus("honest", flavour):
        check(entry["sql"], MYSQL_POLICY)


def test_the_corpora_hold_at_least_sixty_statements_for_each_server() -> None:
    for flavour in ("mysql", "mariadb"):
        for name in ("attacks", "honest"):
            assert len({entry["sql"] for entry in corpus(name, flavour)}) >= 60


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
