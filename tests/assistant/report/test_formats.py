from decimal import Decimal

import pytest

from assistant.report.changes import Change, key_value
from assistant.report.formats import formatted
from assistant.report.questions import Question
from assistant.report.view import shown, shown_cell
from tests.assistant.scripted import result

ROWS = result(("b", 2, None), ("a", 10, "1.5"), ("c", 9, "x"), name="text", n="integer", v="text")


@pytest.mark.parametrize(
    ("cell", "name", "text"),
    [
        (1234567, "yen", "¥1,234,567"),
        (-1234.5, "integer", "-1,235"),
        ("0.1234", "percent", "12.3%"),
        (1234567, "thousand_yen", "1,235千円"),
        (1234567, "million_yen", "1.2百万円"),
        (1234567, "plain", "1234567"),
        ("99999999999999999999.5", "decimal", "99,999,999,999,999,999,999.50"),
        ("x", "yen", None),
        (None, "yen", None),
    ],
)
def test_a_number_is_written_in_its_format(
    cell: str | int | float | None, name: str, text: str | None
) -> None:
    assert formatted(cell, name) == text


def test_the_rows_are_shown_as_the_question_wishes() -> None:
    question = Question(id="q", text="?", columns=["N", "name", "gone"], sort="n desc", limit=2)
    view = shown(ROWS, question)
    assert [column.name for column in view.columns] == ["n", "name"]
    assert view.rows == ((10, "a"), (9, "c"))


def test_rows_without_a_value_come_last_whatever_the_direction() -> None:
    for sort in ("v", "v desc"):
        assert shown(ROWS, Question(id="q", text="?", sort=sort)).rows[-1][2] is None


def test_a_cell_without_a_number_is_shown_as_it_is() -> None:
    column = ROWS.columns[2]
    assert shown_cell("x", column, {"v": "yen"}) == "x"
    assert shown_cell(None, column, {"v": "yen"}) == "NULL"


def test_the_key_value_is_the_only_number_of_the_only_row() -> None:
    one = key_value(result(("東京", "12.50"), name="text", v="decimal"))
    assert one is not None
    assert (one[0].name, str(one[1])) == ("v", "12.50")
    assert key_value(result((1, 2), a="integer", b="integer")) is None
    assert key_value(result((1,), (2,), a="integer")) is None
    assert key_value(result((None,), a="integer")) is None


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        ("110", "100", "▲ +10 (+10.0%)"),
        ("90", "100", "▼ -10 (-10.0%)"),
        ("5", "5", "→ ±0 (±0.0%)"),
        ("5", "0", "▲ +5"),
        ("-5", "-10", "▲ +5 (+50.0%)"),
    ],
)
def test_a_change_has_its_value_share_and_arrow(now: str, before: str, text: str) -> None:
    assert Change(Decimal(now), Decimal(before)).text() == text
