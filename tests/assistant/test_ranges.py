"""The days of a statement beside the period of its question."""

from datetime import date

import pytest

from assistant.binding import bind
from assistant.dates import Period, Today, find_periods
from tests.assistant.shop import SCHEMA

SQL = "SELECT COUNT(*) FROM orders WHERE ordered_on "
TODAY = Today(date(2026, 1, 15))


def periods(question: str) -> tuple[Period, ...]:
    return find_periods(question, TODAY).periods


def bound(condition: str, question: str) -> str:
    return bind(SQL + condition, SCHEMA, "", periods(question)).sql.removeprefix(SQL)


@pytest.mark.parametrize(
    ("written", "question", "asked"),
    [
        (
            ">= '2024-01-01' AND ordered_on < '2025-01-01'",
            "Orders in 2025",
            ">= '2025-01-01' AND ordered_on < '2026-01-01'",
        ),
        (
            "< '2025-01-01' AND ordered_on >= '2024-01-01'",
            "2025年の注文",
            "< '2026-01-01' AND ordered_on >= '2025-01-01'",
        ),
        (
            "BETWEEN '2024-03-01' AND '2024-03-31'",
            "Orders last month",
            "BETWEEN '2025-12-01' AND '2025-12-31'",
        ),
        (
            ">= '2025-01-01' AND ordered_on < '2025-12-31'",
            "Orders in 2025",
            ">= '2025-01-01' AND ordered_on < '2026-01-01'",
        ),
        (
            "BETWEEN '2025-01-01' AND '2025-04-01'",
            "Orders in Q1 2025",
            "BETWEEN '2025-01-01' AND '2025-03-31'",
        ),
        (
            ">= '2025-06-01' AND ordered_on <= '2025-06-29'",
            "Orders in June 2025",
            ">= '2025-06-01' AND ordered_on <= '2025-06-30'",
        ),
    ],
)
def test_days_of_another_period_become_those_of_the_question(
    written: str, question: str, asked: str
) -> None:
    assert bound(written, question) == asked
    assert bound(asked, question) == asked


@pytest.mark.parametrize(
    ("condition", "question"),
    [
        ("BETWEEN '2025-06-01' AND '2025-06-15'", "Orders in June 2025"),
        ("BETWEEN '2025-01-01' AND '2025-12-31'", "2025年6月の注文"),
        ("BETWEEN '2024-01-01' AND '2024-12-31'", "Orders since 2025"),
        ("BETWEEN '2024-01-01' AND '2024-12-31'", "Orders of 2025 and of 2023"),
        ("BETWEEN '2024-01-01' AND '2024-12-31'", "Orders"),
        (">= '2024-01-01'", "Orders in 2025"),
        ("= '2024-12-24'", "Orders in 2025"),
        ("BETWEEN '2024-01-01' AND '2024-12-31' OR id = '2024-01-01'", "Orders in 2025"),
        (">= '2024-01-01' AND id < '2025-01-01'", "Orders in 2025"),
        ("> '2023-12-31' AND ordered_on < '2025-01-01'", "Orders in 2025"),
        ("< '2024-01-01' AND ordered_on <= '2024-06-01'", "Orders in 2025"),
        (">= '2024-02-30' AND ordered_on < '2025-01-01'", "Orders in 2025"),
        ("BETWEEN '2024-12-31' AND '2024-01-01'", "Orders in 2025"),
        ("BETWEEN '2024-01-01' AND NOW()", "Orders in 2025"),
        ("BETWEEN '2024-01-01' AND '2024-12-31' AND YEAR(NOW()) = 2025", "Orders in 2025"),
        ("BETWEEN '2024-01-01' AND '2024-12-31' AND ordered_on LIKE '2025%'", "Orders in 2025"),
        ("BETWEEN", "Orders in 2025"),
    ],
)
def test_all_else_stays_as_it_was_written(condition: str, question: str) -> None:
    assert bound(condition, question) == condition


@pytest.mark.parametrize(
    ("condition", "question", "asked"),
    [
        ("YEAR(ordered_on) = 2024", "Orders in 2025", "YEAR(ordered_on) = 2025"),
        (
            "YEAR(ordered_on) = '2024' AND MONTH(ordered_on) = 6",
            "Orders in June 2025",
            "YEAR(ordered_on) = 2025 AND MONTH(ordered_on) = 6",
        ),
        ("YEAR(ordered_on) = 2024", "Orders since 2025", None),
        ("YEAR(ordered_on) = 2024", "Orders between 2023 and 2025", None),
        ("YEAR(ordered_on) = 2024", "Orders", None),
        ("YEAR(ordered_on) = 2024 OR YEAR(ordered_on) = 2025", "Orders in 2025", None),
        ("YEAR(ordered_on) = id", "Orders in 2025", None),
        ("YEAR(ordered_on) = 2024 AND ordered_on < '2025-06-01'", "Orders in 2025", None),
        ("YEAR(ordered_on) <> 2024", "Orders in 2025", None),
    ],
)
def test_a_year_becomes_the_one_of_the_question(
    condition: str, question: str, asked: str | None
) -> None:
    sql = SQL.removesuffix("ordered_on ")
    found = bind(sql + condition, SCHEMA, "", periods(question)).sql

    assert found == sql + (asked or condition)


def test_what_was_changed_is_told() -> None:
    sql = SQL + "BETWEEN '2024-01-01' AND '2024-12-31'"

    assert bind(sql, SCHEMA, "", periods("Orders in 2025")).mends == (
        "2024-01-01 → 2025-01-01",
        "2024-12-31 → 2025-12-31",
    )
