"""How one question of a report ended."""

from dataclasses import dataclass
from typing import Literal

from assistant.events import Answer
from assistant.report.questions import Question

Origin = Literal["model", "locked", "pinned"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A question, its answer, and what the report says about it.

    `statement` is the SQL with its placeholders; `broken` the expectations that do not hold, a
    sentence each; `previous` the value of the previous run, exact,
    and `previous_of` what that run was about; `diff` how the SQL changed.
    """

    question: Question
    answer: Answer
    at: str = ""
    origin: Origin = "model"
    statement: str = ""
    general: bool = False
    broken: tuple[str, ...] = ()
    previous: str | None = None
    previous_of: str = ""
    diff: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is an answer to show."""
        return self.answer.status == "answered"

    @property
    def doubtful(self) -> bool:
        """Whether a person should look before relying on it."""
        return bool(self.broken or self.answer.notes)
