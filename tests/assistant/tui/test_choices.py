from assistant.events import Answer
from assistant.tui.choices import choice_lines, placeholder

BACK = Answer("ask", "Which?", choices=("net", "gross", "net"), default="gross")


def test_the_default_is_marked() -> None:
    assert choice_lines(BACK)[:2] == ["1. net", "2. gross (default: Enter)"]


def test_the_empty_line_invites_to_what_is_possible() -> None:
    assert placeholder(None) == "Your question"
    assert "Enter" in placeholder(BACK)
    assert "Enter" not in placeholder(Answer("ask", "Which?", choices=("net",)))
