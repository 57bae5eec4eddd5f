"""An average of a row's own group."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop

OF_ALL = "SELECT name FROM customers WHERE points > (SELECT AVG(points) FROM customers)"
JOINED = (
    "SELECT c.name FROM customers c WHERE c.points >= (SELECT AVG(customers.points) FROM customers"
    " JOIN stores ON customers.store_id = stores.id WHERE store_id = stores.id) ORDER BY c.name"
)


@pytest.mark.parametrize(
    ("question", "sql", "group"),
    [
        ("Who has more points than the average of their store?", OF_ALL, "customers.store_id"),
        ("customers above the average points in the same country", OF_ALL, "customers.country"),
        ("同じ店舗の平均よりポイントが多い顧客", OF_ALL, "customers.store_id"),
        ("自分の国における平均を上回る顧客", OF_ALL, "customers.country"),
        ("Who is at or above the average of their own store?", JOINED, "c.store_id"),
    ],
)
def test_the_average_is_that_of_the_group(question: str, sql: str, group: str) -> None:
    column = group.partition(".")[2]
    mean = f"(SELECT AVG(peers.points) FROM customers AS peers WHERE peers.{column} = {group})"

    bound = bind(sql, shop(), question)

    assert mean in bound.sql
    assert bound.sql.count("SELECT") == 2
    assert bound.sql.endswith(("ORDER BY c.name", mean))


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Who has more points than the average?", OF_ALL),
        ("Who has more points than the average of their friends?", OF_ALL),
        ("the average of their store", OF_ALL.replace("AVG", "MAX")),
        ("the average of their store", f"{OF_ALL[:-1]} WHERE id > 3)"),
        ("the average of their store", OF_ALL.replace("points >", "id >")),
        (
            "the average of their store",
            "SELECT name FROM customers c WHERE points >"
            " (SELECT AVG(points) FROM customers x WHERE x.store_id = c.store_id)",
        ),
    ],
)
def test_other_comparisons_stay(question: str, sql: str) -> None:
    assert bind(sql, shop(), question).sql == sql
