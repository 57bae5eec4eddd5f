import pytest

from tests.benchmarks.invented import invented

ROWS = [("東京都", "251627280", "0.1234", "2025-03-05")]


@pytest.mark.parametrize(
    "text",
    [
        "売上は251,627,280円です。",
        "売上は２５１６２７２８０円です。",
        "約2.5億円、25163万円です。",
        "12.3%, or 12%",
        "2025年3月5日に1件",
        "the top 5 of 2024",
        "no number at all",
    ],
)
def test_what_the_rows_or_the_question_hold_is_accounted_for(text: str) -> None:
    assert invented(text, "top 5 of 2024?", ROWS) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("There are 10 customers.", ["10"]),
        ("売上は251,627,281円です。", ["251,627,281"]),
        ("12.9%", ["12.9"]),
        ("3億円", []),
        ("4億円", ["4"]),
    ],
)
def test_what_they_do_not_hold_is_invented(text: str, numbers: list[str]) -> None:
    assert invented(text, "top 5 of 2024?", ROWS) == numbers


def test_without_rows_every_number_is_invented_but_the_questions_own_and_none() -> None:
    assert invented("0 of 7 in 2025", "2025?", []) == ["7"]
