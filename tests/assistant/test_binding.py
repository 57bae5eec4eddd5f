import pytest

from assistant.binding import Bound, bind
from tests.assistant.shop import SCHEMA

JOIN = "FROM customers c JOIN orders o ON o.customer_id = c.id"


@pytest.mark.parametrize(
    ("wrong", "right", "mends"),
    [
        (f"SELECT c.amount {JOIN}", f"SELECT o.amount {JOIN}", ("c.amount → o.amount",)),
        (f"SELECT x.amount {JOIN}", f"SELECT o.amount {JOIN}", ("x.amount → o.amount",)),
        (f"SELECT `c`.`amount` {JOIN}", f"SELECT o.`amount` {JOIN}", ("c.amount → o.amount",)),
        (
            f"SELECT customers.id, orders.id {JOIN}",
            f"SELECT c.id, o.id {JOIN}",
            ("customers.id → c.id", "orders.id → o.id"),
        ),
        (
            f"SELECT '売上😀',  c.amount {JOIN} WHERE c.status = 'c.amount' -- c.amount",
            f"SELECT '売上😀',  o.amount {JOIN} WHERE o.status = 'c.amount' -- c.amount",
            ("c.amount → o.amount", "c.status → o.status"),
        ),
        (
            f"SELECT c.amount {JOIN} UNION SELECT c.name {JOIN}",
            f"SELECT o.amount {JOIN} UNION SELECT c.name {JOIN}",
            ("c.amount → o.amount",),
        ),
        (
            "SELECT c.amount FROM customers c JOIN orders AS `受 注` ON 1 = 1",
            "SELECT `受 注`.amount FROM customers c JOIN orders AS `受 注` ON 1 = 1",
            ("c.amount → 受 注.amount",),
        ),
        (
            "SELECT c.amount FROM customers c JOIN `orders` ON 1 = 1",
            "SELECT `orders`.amount FROM customers c JOIN `orders` ON 1 = 1",
            ("c.amount → orders.amount",),
        ),
    ],
)
def test_a_column_under_the_wrong_alias_gets_the_only_right_one(
    wrong: str, right: str, mends: tuple[str, ...]
) -> None:
    assert bind(wrong, SCHEMA) == Bound(right, mends)
    assert bind(right, SCHEMA) == Bound(right)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT c.name, o.amount {JOIN}",
        f"SELECT amount {JOIN}",
        f"SELECT x.id {JOIN}",
        f"SELECT c.nosuch {JOIN}",
        "SELECT c.amount FROM customers c",
        "SELECT c.amount FROM customers c JOIN orders a JOIN orders b",
        "SELECT c.amount FROM customers c JOIN (SELECT amount FROM orders) s",
        "SELECT d.amount FROM (SELECT id AS amount FROM orders) d JOIN orders o",
        "WITH c AS (SELECT 1 AS a) SELECT c.amount FROM c JOIN orders o",
        "SELECT 1 FROM customers c WHERE EXISTS"
        " (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND c.amount > 3)",
        "SELECT a.b FROM nosuch",
    ],
)
def test_what_is_right_or_not_certain_stays_as_it_was_written(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


@pytest.mark.parametrize(
    "sql", ["", "SELECT (", "DELETE FROM orders", "no SQL at all", "SELECT 'a"]
)
def test_what_is_no_query_is_not_touched(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)
