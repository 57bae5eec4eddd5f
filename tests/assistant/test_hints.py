import pytest

from assistant.hints import hints, unused_years
from assistant.schema import Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA


def schema_of(*values: str) -> Schema:
    column = SchemaColumn("c", "text", values=values)
    return Schema("default", "sqlite", "3", (Table("t", (column,)), Table("u", (column,))))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("個人のお客様は何人？", ["個人: customers.kind = '個人'"]),
        ("How many PAID orders?", ["paid: orders.status = 'paid'"]),
        ("How many unpaid orders?", []),
        ("How many orders?", []),
    ],
)
def test_stored_values_in_the_question_are_pointed_at(question: str, found: list[str]) -> None:
    assert hints(question, SCHEMA) == found


def test_a_value_of_several_columns_names_them_all() -> None:
    assert hints("Webの注文は？", schema_of("web")) == ["web: t.c or u.c = 'web'"]


def test_of_values_within_each_other_the_longest_counts() -> None:
    assert hints("東京都の店は？", schema_of("東京", "東京都")) == ["東京都: t.c or u.c = '東京都'"]


@pytest.mark.parametrize("value", ["a", "7", "2025", ""])
def test_values_that_would_be_found_anywhere_are_not_looked_for(value: str) -> None:
    assert all(hint.startswith("2025: BETWEEN") for hint in hints("a 7 in 2025?", schema_of(value)))


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("2025年の売上は？", ["2025: BETWEEN '2025-01-01' AND '2025-12-31'"]),
        ("２０２５年の売上は？", ["2025: BETWEEN '2025-01-01' AND '2025-12-31'"]),
        ("sales in 2024?", ["2024: BETWEEN '2024-01-01' AND '2024-12-31'"]),
        ("2024年2月は？", ["2024-02: BETWEEN '2024-02-01' AND '2024-02-29'"]),
        ("2024-02?", ["2024-02: BETWEEN '2024-02-01' AND '2024-02-29'"]),
        ("in February 2025?", ["2025-02: BETWEEN '2025-02-01' AND '2025-02-28'"]),
        ("2025年12月は？", ["2025-12: BETWEEN '2025-12-01' AND '2025-12-31'"]),
        ("2024-02-10の注文は？", ["2024: BETWEEN '2024-01-01' AND '2024-12-31'"]),
        ("2025年度の売上は？", []),
        ("over 12025 yen?", []),
        ("how many?", []),
    ],
)
def test_periods_are_given_as_dates(question: str, period: list[str]) -> None:
    assert hints(question, SCHEMA) == period


def test_two_years_are_two_periods_and_a_repeated_one_is_one() -> None:
    assert [hint[:4] for hint in hints("2024 or 2025, or 2024?", SCHEMA)] == ["2024", "2025"]


@pytest.mark.parametrize(
    ("question", "sql", "unused"),
    [
        ("2025年は？", "SELECT 1 FROM t WHERE d >= '2025-01-01'", []),
        ("２０２５年は？", "SELECT 1 FROM t", ["2025"]),
        ("2024 and 2025?", "SELECT 1 FROM t WHERE YEAR(d) = 2024", ["2025"]),
        ("2025年度は？", "SELECT 1 FROM t", []),
        ("how many?", "SELECT 1 FROM t", []),
    ],
)
def test_a_year_that_the_statement_leaves_out_is_noticed(
    question: str, sql: str, unused: list[str]
) -> None:
    assert unused_years(question, sql) == unused
