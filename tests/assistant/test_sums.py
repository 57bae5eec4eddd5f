"""Totals of orders that a join with their lines repeats."""

import pytest

from assistant.binding import bind
from assistant.fanout import multiplied
from assistant.schema import Schema
from tests.assistant.plain_tables import table

BY_PRODUCT = (
    "SELECT p.name, SUM({}) AS made FROM products p JOIN order_lines l ON l.product_id = p.id"
    " JOIN orders o ON l.order_id = o.id GROUP BY p.id, p.name ORDER BY made DESC LIMIT 5"
)


def sold(columns: str) -> Schema:
    """Orders of products; the lines have these columns."""
    tables = (
        table("customers", "name balance"),
        table("products", "name price"),
        table("orders", "day total_amount tax_amount", to="customers"),
        table("order_lines", columns, to="orders products"),
        table("payments", "amount method", to="orders"),
    )
    return Schema("default", "mysql", "9.7", tables)


@pytest.mark.parametrize(
    ("columns", "made"),
    [
        ("quantity unit_price amount", "l.amount"),
        ("quantity unit_price", "l.quantity * l.unit_price"),
        ("quantityOrdered priceEach", "l.quantityOrdered * l.priceEach"),
        ("qty price line_total tax", "l.line_total"),
        ("数量 単価", "l.`数量` * l.`単価`"),
    ],
)
def test_what_a_product_made_is_the_total_of_its_lines(columns: str, made: str) -> None:
    schema, wrong = sold(columns), BY_PRODUCT.format("o.total_amount")

    bound = bind(wrong, schema)

    assert multiplied(wrong, schema)
    assert not multiplied(bound.sql, schema)
    assert bound.sql == BY_PRODUCT.format(made)
    assert bound.mends == (f"SUM(o.total_amount) → SUM({made})",)


def test_every_total_in_the_statement_is_that_of_the_lines() -> None:
    sql = "SELECT SUM(total_amount) FROM orders JOIN order_lines ON order_id = orders.id"
    behind = " WHERE product_id = 3 HAVING SUM(orders.total_amount) > 9"

    bound = bind(sql + behind, sold("amount"))

    assert bound.sql.count("SUM(order_lines.amount)") == 2


@pytest.mark.parametrize(
    ("columns", "of"),
    [
        ("quantity unit_price", "o.tax_amount"),
        ("quantity unit_price discount", "o.total_amount"),
        ("quantity", "o.total_amount"),
        ("unit_price", "o.total_amount"),
        ("amount subtotal", "o.total_amount"),
        ("quantity unit_price", "o.total_amount * 2"),
        ("quantity unit_price", "l.quantity"),
    ],
)
def test_what_is_not_certain_stays(columns: str, of: str) -> None:
    sql = BY_PRODUCT.format(of)

    assert bind(sql, sold(columns)).sql == sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(o.total_amount) FROM orders o JOIN order_lines l ON l.order_id = o.id",
        "SELECT SUM(c.balance) FROM customers c JOIN orders o ON o.customer_id = c.id"
        " WHERE o.day > '2025-01-01'",
        "SELECT SUM(o.total_amount) FROM orders o JOIN order_lines l ON l.order_id = o.id"
        " JOIN payments p ON p.order_id = o.id WHERE l.product_id = 3",
        "SELECT c.name, SUM(o.total_amount) FROM orders o JOIN customers c ON o.customer_id = c.id"
        " GROUP BY c.id, c.name",
    ],
)
def test_no_line_is_asked_about(sql: str) -> None:
    assert bind(sql, sold("amount")).sql == sql
