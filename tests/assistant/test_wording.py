import pytest

from assistant.events import Cell, Column, ColumnType
from assistant.grounding import ground
from assistant.locale import Language
from assistant.wording import spoken
from tests.assistant.scripted import result


def said(
    cell: Cell, kind: ColumnType, lang: Language = "en", percent: bool = False, sql: str = ""
) -> str:
    return spoken(cell, Column("n", kind), lang, percent=percent, sql=sql)


@pytest.mark.parametrize(
    ("cell", "kind", "lang", "text"),
    [
        (1234567, "integer", "ja", "1,234,567"),
        ("1234567.50", "decimal", "en", "1,234,567.50"),
        ("12.345678", "decimal", "en", "12.35"),
        (2.0000001, "float", "en", "2"),
        ("99999999999999999999", "decimal", "en", "99,999,999,999,999,999,999"),
        ("2025-03", "text", "ja", "2025年3月"),
        ("2025-03-05", "date", "ja", "2025年3月5日"),
        ("2025-03-05 00:00:00", "datetime", "en", "March 5, 2025"),
        ("2025-03", "text", "en", "March 2025"),
        ("2025-13", "text", "en", "2025-13"),
        ("2025-03-05 10:00:00", "datetime", "en", "2025-03-05 10:00:00"),
        ("東京都", "text", "ja", "東京都"),
        (None, "integer", "ja", "（値なし）"),
    ],
)
def test_a_value_is_said_as_its_language_says_it(
    cell: Cell, kind: ColumnType, lang: Language, text: str
) -> None:
    assert said(cell, kind, lang) == text


@pytest.mark.parametrize(
    ("cell", "sql", "text"),
    [
        ("0.12345", "SELECT a / b", "12.3"),
        ("12.345", "SELECT 100.0 * a / b", "12.3"),
        ("0.5000", "SELECT 100 * a / b", "0.5"),
        ("1.0000", "SELECT a / b", "100"),
    ],
)
def test_a_share_before_a_percent_sign_is_one_of_a_hundred(cell: str, sql: str, text: str) -> None:
    assert said(cell, "decimal", percent=True, sql=sql) == text


def test_only_the_slot_before_the_sign_is_a_share() -> None:
    rows = result(("0.25", "0.5"), share="decimal", rest="decimal")
    text = ground("{share}% of {rest}", rows, "?", "en")
    assert text == "25% of 0.5"
