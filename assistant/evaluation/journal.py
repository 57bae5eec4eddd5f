"""What became of each question, a JSON line each, so that a run goes on where it was cut."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from assistant.errors import JournalNotOurs, JournalUnusable
from assistant.evaluation.questions import GoldQuestion
from assistant.events import Answer, Usage
from assistant.render import answer_json

Kind = Literal[
    "right", "wrong", "error", "no_sql", "refused", "asked", "answered", "timeout", "skipped"
]
"""`answered`: an answer where there is none; `skipped`: no gold statement ran."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, how it ended, and what it cost."""

    id: str
    question: str
    language: str
    difficulty: str
    kind: Kind
    usage: Usage
    answer: dict[str, Any]

    @classmethod
    def of(cls, question: GoldQuestion, kind: Kind, answer: Answer) -> Self:
        """From the answer as it came."""
        return cls(
            question.id,
            question.question,
            question.spoken,
            question.difficulty,
            kind,
            answer.usage,
            answer_json(answer),
        )

    @classmethod
    def from_line(cls, line: str) -> Self:
        """From a line of the journal. Raises: ValueError, KeyError, TypeError."""
        read = json.loads(line)
        named = {key: read.pop(key) for key in _OWN}
        return cls(**named, usage=Usage(**read["usage"]), answer=read)

    def line(self) -> str:
        """The object of `kotae ask --json`, with what is known of the question."""
        own = {key: getattr(self, key) for key in _OWN}
        return json.dumps(own | self.answer, ensure_ascii=False)


_OWN = ("id", "question", "language", "difficulty", "kind")


def read_journal(path: Path) -> list[Outcome]:
    """The outcomes so far, without a last line that was cut.

    Raises: JournalUnusable, JournalNotOurs.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise JournalUnusable(path=path, reason=str(error)) from error
    try:
        return [Outcome.from_line(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    except (ValueError, KeyError, TypeError) as error:
        raise JournalNotOurs(path=path) from error


@contextmanager
def appending(path: Path) -> Iterator[Callable[[Outcome], None]]:
    """Gives the function that adds an outcome; each is with the system at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)

            def append(outcome: Outcome) -> None:
                file.write(outcome.line().encode() + b"\n")
                file.flush()

            yield append
    except OSError as error:
        raise JournalUnusable(path=path, reason=error.strerror) from error
