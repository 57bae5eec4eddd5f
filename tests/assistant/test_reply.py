import json

import pytest

from assistant.errors import MalformedReply
from assistant.reply import Question, Refusal, Statement, StringReader, parse

SQL = "SELECT 'a\"b\\c' AS \"売上\", '😀',\n\t'\\u12' FROM t"
WHOLE = json.dumps({"sql": SQL, "answer": "{売上}"}, ensure_ascii=False)
ESCAPED = json.dumps({"sql": SQL, "answer": "{売上}"})


@pytest.mark.parametrize("text", [WHOLE, ESCAPED], ids=["raw", "escaped"])
def test_a_statement_cut_in_two_anywhere_is_shown_whole_and_nothing_else(text: str) -> None:
    for at in range(len(text) + 1):
        reader = StringReader()
        first, second = reader.feed(text[:at]), reader.feed(text[at:])
        assert first + second == SQL
        assert SQL.startswith(first)


@pytest.mark.parametrize("text", [WHOLE, ESCAPED], ids=["raw", "escaped"])
def test_a_statement_that_comes_letter_by_letter_grows_by_whole_characters(text: str) -> None:
    reader = StringReader()
    shown = ""
    for letter in text:
        shown += reader.feed(letter)
        assert SQL.startswith(shown)
    assert shown == SQL


def test_a_raw_line_break_does_not_stop_the_statement() -> None:
    assert StringReader().feed('{"sql": "SELECT 1\nFROM t", "answer"') == "SELECT 1\nFROM t"


def test_half_a_surrogate_pair_is_shown_as_a_character_that_any_terminal_can_print() -> None:
    assert StringReader().feed(r'{"sql": "\ud83dX') == "\ufffdX"


@pytest.mark.parametrize("text", ["", "{", '{"ask": "Which', '{"refuse": "no', "SELECT 1"])
def test_a_reply_without_a_statement_shows_none(text: str) -> None:
    assert StringReader().feed(text) == ""


@pytest.mark.parametrize(
    ("fields", "reply"),
    [
        ({"sql": " SELECT 1 ; ", "answer": " {n} "}, Statement("SELECT 1", "{n}")),
        ({"sql": "SELECT 1"}, Statement("SELECT 1", "")),
        ({"ask": "Which?", "choices": ["net", 2]}, Question("Which?", ("net", "2"))),
        ({"ask": "Which?", "choices": []}, Question("Which?", ())),
        ({"refuse": "no such data"}, Refusal("no such data")),
        ({"refuse": ""}, Refusal("")),
    ],
)
def test_a_reply_is_one_of_three_kinds(fields: dict[str, object], reply: object) -> None:
    assert parse(json.dumps(fields)) == reply


def test_a_raw_line_break_in_a_string_is_no_reason_to_fail() -> None:
    assert parse('{"sql": "SELECT 1\nFROM t", "answer": "{n}"}') == Statement(
        "SELECT 1\nFROM t", "{n}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        '{"sql": "SELECT 1"',
        '{"sql": "  ", "answer": "x"}',
        '{"sql": 1, "answer": "x"}',
        '{"sql": "SELECT 1", "answer": 1}',
        '{"ask": " ", "choices": []}',
        '{"ask": "Which?"}',
        "[]",
        "null",
        r'{"sql": "SELECT \ud83d", "answer": "{n}"}',
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedReply):
        parse(text)


def test_a_long_malformed_reply_is_told_by_its_beginning_on_one_line() -> None:
    with pytest.raises(MalformedReply) as caught:
        parse("no JSON\n" * 100)
    excerpt = str(caught.value.slots["reply"])
    assert excerpt.startswith("no JSON no JSON")
    assert (len(excerpt), excerpt[-1]) == (118, "…")
