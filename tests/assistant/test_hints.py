from datetime import date

import pytest

from assistant.dates import Period
from assistant.hints import hints
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
    assert hints("a 7 in 2025?", schema_of(value)) == []


def test_periods_are_told_with_their_condition() -> None:
    period = Period("先月", date(2026, 6, 1), date(2026, 6, 30))
    assert hints("先月の個人客", SCHEMA, [period]) == [
        "個人: customers.kind = '個人'",
        "先月: BETWEEN '2026-06-01' AND '2026-06-30'",
    ]
