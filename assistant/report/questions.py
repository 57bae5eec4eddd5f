"""The question file: a title and its questions, in TOML, strict about every key.

title = "Sales overview"

[[question]]
id = "total"
text = "What were total sales in 2025?"
heading = "Total"              # optional, else the text
note = "Without returns."      # optional, printed below the heading
"""

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assistant.errors import (
    DuplicateQuestionId,
    NoQuestions,
    QuestionFileNotToml,
    QuestionFileUnreadable,
    QuestionKeyMissing,
    QuestionKeyNotText,
    UnknownQuestionKey,
)

_FILE_KEYS = ("title", "question")
_QUESTION_KEYS = ("id", "text", "heading", "note")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a report; `heading` is the text itself where none is given."""

    id: str
    text: str
    heading: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """What a report answers, in order; ids are unique, and there is at least one question."""

    title: str
    questions: tuple[Question, ...]


def read_questions(path: Path) -> QuestionFile:
    """Read and check a question file; raises PersonMustAct with file and key."""
    table = _Table(path, "", _parse(path))
    table.refuse_unknown(_FILE_KEYS)
    title = table.text("title")
    entries = table.values.get("question", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise NoQuestions(path=path)
    questions = [
        _question(_Table(path, f"question[{number}].", entry))
        for number, entry in enumerate(entries, 1)
    ]
    if not questions:
        raise NoQuestions(path=path)
    _refuse_duplicates(path, questions)
    return QuestionFile(title, tuple(questions))


@dataclass(frozen=True, slots=True)
class _Table:
    """One TOML table, and where it stands in the file."""

    path: Path
    place: str
    values: dict[str, Any]

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                nearest = get_close_matches(key, known, n=1, cutoff=0)[0]
                raise UnknownQuestionKey(path=self.path, key=self.place + key, nearest=nearest)

    def text(self, name: str) -> str:
        if not (text := self.text_or_empty(name)):
            raise QuestionKeyMissing(path=self.path, key=self.place + name, name=name)
        return text

    def text_or_empty(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise QuestionKeyNotText(path=self.path, key=self.place + name, name=name)
        return value.strip()


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise QuestionFileUnreadable(path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise QuestionFileUnreadable(path=path, reason="not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise QuestionFileNotToml(path=path, reason=error) from error


def _question(table: _Table) -> Question:
    table.refuse_unknown(_QUESTION_KEYS)
    text = table.text("text")
    heading = table.text_or_empty("heading") or text
    return Question(table.text("id"), text, heading, table.text_or_empty("note"))


def _refuse_duplicates(path: Path, questions: list[Question]) -> None:
    places: dict[str, str] = {}
    for number, question in enumerate(questions, 1):
        second = f"question[{number}]"
        if first := places.get(question.id):
            raise DuplicateQuestionId(path=path, id=question.id, first=first, second=second)
        places[question.id] = second
