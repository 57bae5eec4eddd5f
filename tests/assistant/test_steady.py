"""Equal groups at a LIMIT come in the order of their keys."""

import sqlite3
from contextlib import closing

import pytest

from assistant.steady import steady
from tests.assistant.shop import SCHEMA, SCRIPT

TOP = "SELECT customers.id, COUNT(*) AS n FROM orders JOIN customers ON customers.id = customer_id"


def test_equal_groups_at_a_limit_come_in_the_order_of_their_key() -> None:
    sql = f"{TOP} GROUP BY customers.id, customers.name ORDER BY n LIMIT 1"
    ordered = steady(sql, SCHEMA)
    assert ordered == sql.replace(" LIMIT", ", customers.id LIMIT")
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCRIPT)
        assert database.execute(ordered).fetchall() == [(1, 1)]


def test_without_a_key_all_that_is_grouped_by_tells_groups_apart() -> None:
    sql = "SELECT kind, name, COUNT(*) AS n FROM customers GROUP BY kind, name ORDER BY n LIMIT 2"
    assert steady(sql, SCHEMA).endswith("ORDER BY n, kind, name LIMIT 2")


@pytest.mark.parametrize(
    "sql",
    [
        f"{TOP} GROUP BY customers.id ORDER BY n",
        f"{TOP} GROUP BY customers.id ORDER BY n, customers.id LIMIT 1",
        f"{TOP} GROUP BY customers.id LIMIT 1",
        "SELECT id, amount FROM orders ORDER BY amount LIMIT 1",
        "SELECT YEAR(ordered_on), COUNT(*) AS n FROM orders"
        " GROUP BY YEAR(ordered_on) ORDER BY n LIMIT 1",
    ],
)
def test_no_limit_no_order_or_no_groups_is_left_alone(sql: str) -> None:
    assert steady(sql, SCHEMA) == sql
