import pytest

from assistant.choosing import resolve
from assistant.events import Answer

BACK = Answer("ask", "Which?", choices=("net", "gross", "net"), default="gross")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("1", "net"),
        (" 2 ", "gross"),
        ("３", "net"),
        ("", "gross"),
        ("0", "0"),
        ("4", "4"),
        ("²", "²"),
        ("-1", "-1"),
        ("net of tax", "net of tax"),
    ],
)
def test_a_line_after_a_question_back(typed: str, question: str) -> None:
    assert resolve(typed, BACK) == question


def test_numbers_are_questions_when_nothing_was_asked_back() -> None:
    assert resolve("1", None) == "1"
    assert resolve("1", Answer("answered", "42")) == "1"


def test_enter_without_a_default_asks_nothing() -> None:
    assert resolve("", Answer("ask", "Which?", choices=("net",))) == ""
