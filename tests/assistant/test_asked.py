"""What a question's wording wants of the statement: a row each, or a number."""

import pytest

from assistant.asked import counts_nothing, ranks_nothing, ungrouped_unit
from assistant.nouns import named_tables
from tests.assistant.shop import SCHEMA

TOTAL = "SELECT SUM(amount) AS total FROM orders"
GROUPED = "SELECT status, SUM(amount) AS total FROM orders GROUP BY status"


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("2025年の月別の売上は?", "月"),
        ("状態ごとの売上を教えて", "状態"),
        ("各顧客の売上は?", "顧客"),
        ("What was the revenue for each month?", "month"),
        ("Revenue by quarter in 2025", "quarter"),
        ("Total amount per customer", "customer"),
        ("What is the average amount per customer?", "customer"),
    ],
)
def test_one_row_is_no_answer_to_a_question_for_each(question: str, unit: str) -> None:
    assert ungrouped_unit(question, TOTAL, SCHEMA) == unit
    assert ungrouped_unit(question, GROUPED, SCHEMA) is None


@pytest.mark.parametrize(
    "question",
    [
        "売上の合計は?",
        "特別な注文の合計は?",
        "個別の売上は?",
        "What is the total?",
        "What per cent of orders is paid?",
        "What is the average number of orders per customer?",
        "顧客ごとの平均注文件数は?",
    ],
)
def test_one_number_may_be_asked_for(question: str) -> None:
    assert ungrouped_unit(question, TOTAL, SCHEMA) is None


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("顧客は何人いますか?", "SELECT name FROM customers", True),
        ("How many kinds are there?", "SELECT c.kind AS k FROM customers c", True),
        ("顧客は何人いますか?", "SELECT COUNT(*) AS n FROM customers", False),
        ("How many yen was it?", "SELECT amount FROM orders", False),
        ("Who are the customers?", "SELECT name FROM customers", False),
        ("顧客は何人いますか?", "SELECT nosuch FROM customers", False),
        ("顧客は何人いますか?", "no SQL", False),
    ],
)
def test_names_are_no_answer_to_how_many(question: str, sql: str, expected: bool) -> None:
    assert counts_nothing(question, sql, SCHEMA) is expected


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("一番大きい注文は?", "SELECT id FROM orders", True),
        ("Which customer has the most orders?", GROUPED, True),
        ("一番大きい注文は?", "SELECT id FROM orders ORDER BY amount DESC LIMIT 1", False),
        ("What is the highest amount?", "SELECT MAX(amount) FROM orders", False),
        ("Customers with at least three orders", GROUPED, False),
        ("Do most of the orders get paid?", GROUPED, False),
        ("Amounts by status", GROUPED, False),
        ("Which is the oldest?", "no SQL", False),
    ],
)
def test_rows_in_no_order_are_no_answer_to_which_is_first(
    question: str, sql: str, expected: bool
) -> None:
    assert ranks_nothing(question, sql) is expected


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which customer has placed the most orders?", ["customers", "orders"]),
        ("List ORDERS", ["orders"]),
        ("In what order do they come, by customership?", ["orders"]),
        ("How many are there?", []),
    ],
)
def test_tables_are_named_in_the_singular_too(question: str, named: list[str]) -> None:
    assert [table.name for table in named_tables(question, SCHEMA)] == named


@pytest.mark.parametrize(
    "question",
    ["Who gave both the highest and the lowest rating?", "最高と最低の評価を両方つけた顧客は?"],
)
def test_who_has_both_is_no_first_of_anything(question: str) -> None:
    assert not ranks_nothing(question, "SELECT name FROM customers")
