"""The top 3 of each, where the statement ranks the groups themselves."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop

RANKED = (
    "SELECT customers.country, COUNT(*) AS n FROM customers JOIN orders"
    " ON orders.customer_id = customers.id GROUP BY customers.country ORDER BY n DESC LIMIT 3"
)


@pytest.mark.parametrize(
    "question",
    [
        "Show the top 3 customers by number of orders for each country.",
        "国ごとに注文件数の多い顧客トップ3を表示してください。",
        "国別の注文数の上位3人の顧客",
    ],
)
def test_what_is_asked_for_is_ranked_within_each_group(question: str) -> None:
    bound = bind(RANKED, shop(), question)

    assert bound.sql == (
        "SELECT * FROM (SELECT customers.country, COUNT(*) AS n , customers.name , ROW_NUMBER()"
        " OVER (PARTITION BY customers.country ORDER BY COUNT(*) DESC, customers.id) AS place"
        " FROM customers JOIN orders ON orders.customer_id = customers.id"
        " GROUP BY customers.country , customers.id ) AS ranked WHERE place <= 3"
        " ORDER BY country, place"
    )
    assert "+ customers.name" in bound.mends


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Show the top 3 countries by number of orders of customers.", RANKED),
        ("Which 3 countries have the most orders?", RANKED),
        ("the top 3 customers", RANKED),
        ("the top 5 customers for each country", RANKED.replace("ORDER", "HAVING n > 1 ORDER")),
        ("the top 3 customers for each status", RANKED),
    ],
)
def test_groups_that_are_asked_for_stay(question: str, sql: str) -> None:
    assert "customers.id" not in bind(sql, shop(), question).sql.partition("GROUP BY")[2]
