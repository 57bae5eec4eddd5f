"""Conditions on what is listed that a question says and a statement leaves out."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop

REVIEWED = "SELECT products.name FROM products JOIN reviews ON reviews.product_id = products.id"
ORDERED = "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id"
RATED = "SELECT c.name FROM customers c JOIN reviews r ON r.customer_id = c.id"
IN_2025 = f"{ORDERED} WHERE o.day BETWEEN '2025-01-01' AND '2025-12-31'"


def having(sql: str, question: str, flavour: str = "mysql") -> str:
    """What was added behind HAVING."""
    [*_, condition] = bind(sql, shop(flavour), question).sql.partition("HAVING ")
    return condition.strip()


@pytest.mark.parametrize(
    ("question", "sql", "condition"),
    [
        ("products with at least 3 reviews", REVIEWED, "COUNT(DISTINCT reviews.id) >= 3"),
        ("Who has more than two orders?", ORDERED, "COUNT(DISTINCT o.id) > 2"),
        ("With over 4 late orders: which customers?", ORDERED, "COUNT(DISTINCT o.id) > 4"),
        ("レビューが3件以上ある商品", REVIEWED, "COUNT(DISTINCT reviews.id) >= 3"),
        ("3件以上のレビューがある商品", REVIEWED, "COUNT(DISTINCT reviews.id) >= 3"),
        ("5回より多く注文した顧客", ORDERED, "COUNT(DISTINCT o.id) > 5"),
        ("ordered in every quarter of 2025", IN_2025, "COUNT(DISTINCT QUARTER(o.day)) = 4"),
        ("ordered in all 12 months of 2025", IN_2025, "COUNT(DISTINCT MONTH(o.day)) = 12"),
        ("2025年の4つの四半期すべてで注文した顧客", IN_2025, "COUNT(DISTINCT QUARTER(o.day)) = 4"),
        ("2025年に毎月注文した顧客は誰ですか", IN_2025, "COUNT(DISTINCT MONTH(o.day)) = 12"),
        (
            "who gave both 5 and 1",
            f"{RATED} WHERE r.rating IN (5, 1)",
            "COUNT(DISTINCT r.rating) = 2",
        ),
        (
            "5と1の両方を付けた顧客",
            f"{RATED} WHERE (r.rating = 5 OR r.rating = 1) AND r.id > 0",
            "COUNT(DISTINCT r.rating) = 2",
        ),
    ],
)  # fmt: skip
def test_what_holds_for_no_single_row_is_asked_of_the_group(
    question: str, sql: str, condition: str
) -> None:
    assert having(sql, question) == condition


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("products with at least 1 review", REVIEWED),
        ("products with reviews of at least 3", REVIEWED),
        ("products with at least 3 reviews", f"{REVIEWED} WHERE products.price = 3"),
        ("products with no more than 3 reviews", REVIEWED),
        ("customers who know products with at least 3 reviews", (
            f"{RATED} JOIN products ON r.product_id = products.id"
        )),
        ("orders with at least 3 reviews", "SELECT o.id FROM orders o"),
        ("customers with orders in every quarter", ORDERED),
        ("customers with orders in the quarter", IN_2025),
        ("in every quarter of 2024 and 2025", f"{ORDERED} WHERE YEAR(o.day) IN (2024, 2025)"),
        ("who gave 5 or 1", f"{RATED} WHERE r.rating IN (5, 1)"),
        ("who gave both", f"{RATED} WHERE r.rating IN (5, 1, 3)"),
        ("who gave both", f"{RATED} WHERE r.rating = 5 OR r.id = 1"),
        ("who gave both", f"{RATED} WHERE r.rating = 5 OR r.rating > 1"),
        ("both customers", f"{RATED} WHERE c.name IN ('Ann', 'Bob')"),
    ],
)  # fmt: skip
def test_nothing_is_added_that_is_not_said_or_not_certain(question: str, sql: str) -> None:
    assert having(sql, question) == ""


def test_what_the_statement_asks_of_its_groups_already_stays_alone() -> None:
    sql = f"{REVIEWED} GROUP BY products.id HAVING COUNT(*) > 9"

    assert having(sql, "products with at least 3 reviews") == "COUNT(*) > 9"


def test_groups_of_something_else_are_left() -> None:
    sql = f"{REVIEWED} GROUP BY products.price"

    assert having(sql, "products with at least 3 reviews") == ""


def test_a_database_without_quarters_gets_none() -> None:
    assert having(IN_2025, "Who ordered in every quarter of 2025?", "sqlite") == ""


def test_the_order_and_what_is_shown_stay() -> None:
    sql = f"{REVIEWED} GROUP BY products.id ORDER BY AVG(reviews.rating) DESC LIMIT 1"
    bound = bind(sql, shop(), "The best rated of products with at least 3 reviews")

    assert " GROUP BY products.id  HAVING COUNT(DISTINCT reviews.id) >= 3 ORDER BY" in bound.sql
    assert "+ HAVING COUNT(DISTINCT reviews.id) >= 3" in bound.mends
