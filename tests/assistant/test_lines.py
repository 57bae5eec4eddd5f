"""Lines of orders that a statement joins for nothing."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop

SAID = "How many orders were cancelled?"
LINES = "FROM order_items i JOIN orders o ON i.order_id = o.id"
COUNTED = "SELECT COUNT(DISTINCT o.id) AS n"


@pytest.mark.parametrize(
    ("sql", "without"),
    [
        (
            f"{COUNTED} {LINES} WHERE o.status = 3",
            f"{COUNTED} FROM orders o WHERE o.status = 3",
        ),
        (
            f"{COUNTED} FROM orders o INNER JOIN `order_items` i ON i.order_id = o.id LIMIT 1",
            f"{COUNTED} FROM orders o  LIMIT 1",
        ),
        (
            "SELECT SUM(orders.status) FROM customers c JOIN orders ON orders.customer_id = c.id"
            " LEFT JOIN order_items ON order_items.order_id = orders.id WHERE c.country = 'x'",
            "SELECT SUM(orders.status) FROM customers c JOIN orders ON orders.customer_id = c.id"
            "  WHERE c.country = 'x'",
        ),
    ],
)
def test_lines_that_nothing_asks_about_are_left_out(sql: str, without: str) -> None:
    assert bind(sql, shop(), SAID).sql == without


@pytest.mark.parametrize("question", [SAID, "注文のうち、キャンセルになったのは何件ですか?"])
def test_orders_are_counted_where_lines_were(question: str) -> None:
    sql = f"SELECT COUNT(i.id) AS n {LINES} WHERE o.status = 3"

    bound = bind(sql, shop(), question)

    assert bound.sql == f"{COUNTED} FROM orders o WHERE o.status = 3"
    assert bound.mends == ("COUNT(i.id) → COUNT(DISTINCT o.id)", "i → ∅")


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many orders have items?", f"{COUNTED} {LINES}"),
        ("明細のある注文は何件?", f"{COUNTED} {LINES}"),
        ("How many orders with 3?", f"{COUNTED} {LINES} WHERE i.quantity = 3"),
        ("How many orders?", f"{COUNTED} {LINES} JOIN products p ON i.product_id = p.id"),
        ("Which orders?", f"SELECT COUNT(*) {LINES}"),
        ("How many orders?", f"{COUNTED} {LINES} AND i.quantity > 3"),
        ("How many orders?", f"{COUNTED} {LINES.replace('JOIN', 'RIGHT JOIN')}"),
        (
            "Who are the customers?",
            "SELECT DISTINCT c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id",
        ),
    ],
)
def test_what_chooses_rows_stays(question: str, sql: str) -> None:
    assert bind(sql, shop(), question).sql == sql
