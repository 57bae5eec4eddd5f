"""Answers as JSON and back."""

from dataclasses import replace

from pydantic import TypeAdapter

from assistant.events import Answer

ROWS_KEPT = 1_000
_ANSWER = TypeAdapter(Answer)


def answer_text(answer: Answer) -> str:
    """The answer as JSON, with at most ROWS_KEPT rows."""
    if answer.result and answer.result.row_count > ROWS_KEPT:
        rows = answer.result.rows[:ROWS_KEPT]
        answer = replace(answer, result=replace(answer.result, rows=rows, truncated="rows"))
    return _ANSWER.dump_json(answer).decode()


def answer_of(text: str) -> Answer:
    """The answer that `answer_text` wrote. Raises ValueError for anything else."""
    return _ANSWER.validate_json(text)
