"""The average number of rows for each row of another table."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop

MEAN = "COUNT(*) / COUNT(DISTINCT order_items.order_id)"


@pytest.mark.parametrize(
    ("question", "selected", "behind"),
    [
        ("What is the average number of items per order?", "AVG(quantity) AS mean", ""),
        ("Average number of items in each order?", "AVG(COUNT(id))", " GROUP BY order_id"),
        ("the mean number of different items for an order", "ROUND(AVG(quantity), 2)", ""),
        ("1注文あたりの平均明細数はいくつですか？", "AVG(quantity)", ""),
        ("注文1件あたりの明細数の平均は？", "AVG(quantity)", ""),
    ],
)
def test_rows_are_divided_by_what_they_are_counted_for(
    question: str, selected: str, behind: str
) -> None:
    bound = bind(f"SELECT {selected} FROM order_items{behind}", shop(), question)

    assert MEAN in bound.sql
    assert "AVG" not in bound.sql
    assert "GROUP" not in bound.sql


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("What is the average quantity per order?", "SELECT AVG(quantity) FROM order_items"),
        ("the average number of items per store", "SELECT AVG(quantity) FROM order_items"),
        (
            "the average number of items per order",
            "SELECT AVG(quantity) FROM order_items GROUP BY product_id",
        ),
        (
            "the average number of items per order",
            "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM order_items GROUP BY order_id) AS t",
        ),
        (
            "the average number of orders per customer",
            "SELECT AVG(i.quantity) FROM orders o JOIN order_items i ON i.order_id = o.id",
        ),
    ],
)
def test_another_average_stays(question: str, sql: str) -> None:
    bound = bind(sql, shop(), question).sql

    assert sql[len("SELECT ") : sql.index(" FROM")] in bound
    assert "COUNT(*) /" not in bound
