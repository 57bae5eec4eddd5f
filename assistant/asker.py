"""What a front end needs of the loop: something to ask, and a way to open it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from assistant.events import Answer, Event, Progress
from assistant.linking import StoredValue
from assistant.locale import describe
from assistant.schema import Schema

Effort = Literal["low", "medium", "high"]


class Asker(Protocol):
    """Turns one question into its stream of events.

    Closing the generator, or cancelling the task that reads it, stops the generation on the
    model server and kills the query in the database.
    """

    def ask(self, question: str) -> AsyncGenerator[Event, None]: ...


@runtime_checkable
class DoubleChecking(Protocol):
    """An asker that can look at its own answer a second time."""

    def double_check(self, question: str, first: Answer) -> AsyncGenerator[Event, None]:
        """A second sample of the question; the last event tells how the two compare."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is asked, and by what. `context_tokens` is None where the server does not say;
    `effort` is None for a model that takes no reasoning effort."""

    schema: Schema
    model: str = ""
    context_tokens: int | None = None
    effort: Effort | None = None


class ChatAsker(Asker, Protocol):
    """What a chat can do beyond asking; each stream ends with `Answered`."""

    @property
    def surroundings(self) -> Surroundings: ...

    def run_sql(self, sql: str) -> AsyncGenerator[Event, None]:
        """The rows of a person's own statement, under the same policy and caps."""
        ...

    def explain(self, sql: str) -> AsyncGenerator[Event, None]:
        """The statement in words of the person's language: `TextDelta`s, then the whole."""
        ...

    async def values(self, text: str) -> list[StoredValue]:
        """Stored values that fit words of the text, the best first, for completion."""
        ...

    async def set_effort(self, effort: Effort) -> None:
        """Think so much from the next question on."""
        ...


@dataclass(frozen=True, slots=True)
class Serving:
    """What has become of the model server since it was ready."""

    state: Literal["ready", "restarting", "down"]


OpenAsker = Callable[[Callable[[Progress], None]], AbstractAsyncContextManager[Asker]]
"""Opens an asker, reporting while the model loads. To be entered and left in the same task."""

OpenChat = Callable[[Callable[[Progress | Serving], None]], AbstractAsyncContextManager[ChatAsker]]
"""As `OpenAsker`; reports as well what becomes of the model server while the asker is open."""


def failed_answer(error: Exception) -> Answer:
    """The answer to a question whose stream broke with `error`."""
    ours = hasattr(error, "slots")
    text = describe(error) if ours else f"{type(error).__name__}: {error}"
    return Answer("failed", text, exit_code=getattr(error, "exit_code", 1))
