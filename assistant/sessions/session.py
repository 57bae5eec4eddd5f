"""A conversation as it is kept."""

from dataclasses import dataclass

from assistant.events import Answer
from assistant.followup import Earlier


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation about one database; times are local, "2026-11-24 19:32:05"."""

    id: int
    title: str
    database: str
    model: str
    started: str
    changed: str
    questions: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question and its answer; None where the program ended before there was one."""

    question: str
    asked: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session with its turns, the oldest first."""

    session: Session
    turns: tuple[KeptTurn, ...]

    @property
    def earlier(self) -> Earlier | None:
        """What a question after this conversation may refer to."""
        found = (Earlier.of(turn.question, turn.answer) for turn in reversed(self.turns))
        return next(filter(None, found), None)
