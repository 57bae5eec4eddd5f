import pytest

from assistant.grouping import ungrouped
from tests.assistant.shop import SCHEMA

JOIN = "FROM customers c JOIN orders o ON o.customer_id = c.id"


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT status, COUNT(*) FROM orders", ["status"]),
        (f"SELECT c.name, SUM(o.amount) {JOIN} GROUP BY o.status", ["c.name"]),
        ("SELECT UPPER(name), COUNT(*) FROM customers GROUP BY kind", ["name"]),
    ],
)
def test_a_column_beside_a_total_that_no_key_fixes_is_found(sql: str, columns: list[str]) -> None:
    assert ungrouped(sql, SCHEMA) == columns


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT status, COUNT(*) FROM orders GROUP BY status",
        "SELECT status AS s, COUNT(*) FROM orders GROUP BY s",
        "SELECT status, COUNT(*) FROM orders GROUP BY 1",
        "SELECT YEAR(ordered_on), COUNT(*) FROM orders GROUP BY YEAR(ordered_on)",
        "SELECT YEAR(ordered_on) + 1, COUNT(*) FROM orders GROUP BY YEAR(ordered_on)",
        "SELECT YEAR(ordered_on) AS y, COUNT(*) FROM orders GROUP BY y",
        f"SELECT c.name, c.kind, SUM(o.amount) {JOIN} GROUP BY c.id",
        f"SELECT c.name, SUM(o.amount) {JOIN} GROUP BY o.customer_id",
        f"SELECT c.name, SUM(o.amount) {JOIN} WHERE c.id = 3",
        "SELECT status, COUNT(*) OVER () FROM orders",
        "SELECT status, amount FROM orders",
        "SELECT MAX(amount) - MIN(amount), 3 FROM orders",
        "SELECT name, (SELECT COUNT(*) FROM orders) FROM customers",
        "SELECT d.x, SUM(d.y) FROM (SELECT 1 AS x, 2 AS y) d",
        "no SQL",
    ],
)
def test_a_column_with_one_value_a_group_is_not(sql: str) -> None:
    assert ungrouped(sql, SCHEMA) == []
