"""A LIMIT that nobody asked for, and small numbers in words."""

import pytest

from assistant.binding import bind
from assistant.numerals import said
from tests.assistant.plain_tables import shop

LIST = "SELECT name FROM customers ORDER BY name"


@pytest.mark.parametrize(
    "question",
    [
        "Which customers live in Japan?",
        "List the popular customers",
        "List customers with more than 100 points",
        "累計で5000より多く購入した顧客を一覧にしてください。",
        "ポイントが多い順に顧客を並べて",
        "日本に住む顧客は？",
    ],
)
def test_a_list_does_not_end_where_nobody_said_so(question: str) -> None:
    bound = bind(f"{LIST} LIMIT 10;", shop(), question)

    assert bound.sql == LIST
    assert bound.mends == ("LIMIT 10; → ∅",)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Show 10 customers", 10),
        ("Show ten customers", 10),
        ("顧客を１０人", 10),
        ("顧客を三人挙げて", 3),
        ("Who are the top customers?", 5),
        ("Show some customers", 10),
        ("ポイントが高い顧客は？", 10),
        ("人気の商品は？", 10),
        ("Which customers live in Japan?", 1),
    ],
)
def test_a_limit_that_may_be_meant_stays(question: str, count: int) -> None:
    sql = f"{LIST} LIMIT {count}"

    assert bind(sql, shop(), question).sql.endswith(f" LIMIT {count}")


def test_the_limit_of_an_inner_select_stays() -> None:
    sql = "SELECT name FROM customers WHERE id IN (SELECT * FROM (SELECT 1 LIMIT 10) AS t)"

    assert bind(sql, shop(), "Which customers?").sql == sql


@pytest.mark.parametrize(
    ("number", "question", "expected"),
    [
        (10, "the 10 customers", True),
        (10, "in 2010", False),
        (10, "100 customers", False),
        (10, "10,000 yen", False),
        (3, "three of them", True),
        (3, "三つ", True),
        (12, "twelve", False),
    ],
)
def test_a_number_is_said(number: int, question: str, expected: bool) -> None:
    assert said(number, question) is expected
