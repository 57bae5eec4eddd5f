import pytest

from assistant.doublecheck import agree
from assistant.events import Answer
from tests.assistant.scripted import result

ONE = Answer("answered", "", result=result((1, "a"), (2, "b"), n="integer", name="text"))


@pytest.mark.parametrize(
    ("other", "agrees"),
    [
        (Answer("answered", "", result=result((2,), (1,), n="integer")), True),
        (Answer("answered", "", result=result((1,), (3,), n="integer")), False),
        (Answer("answered", "", result=result((1,), n="integer")), False),
        (Answer("failed", ""), False),
    ],
)
def test_answers_agree_when_their_rows_do_whatever_further_columns_there_are(
    other: Answer, agrees: bool
) -> None:
    assert agree(ONE, other) is agrees
    assert agree(other, ONE) is agrees


def test_two_answers_without_rows_agree_when_they_ended_alike() -> None:
    assert agree(Answer("refused", "a"), Answer("refused", "b"))
    assert not agree(Answer("refused", "a"), Answer("ask", "a"))
