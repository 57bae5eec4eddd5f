"""What a front end needs of the loop: something to ask, and a way to open it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from assistant.events import Answer, Event, Progress
from assistant.locale import describe


class Asker(Protocol):
    """Turns one question into its stream of events.

    Closing the generator, or cancelling the task that reads it, stops the generation on the
    model server and kills the query in the database.
    """

    def ask(self, question: str) -> AsyncGenerator[Event, None]: ...


OpenAsker = Callable[[Callable[[Progress], None]], AbstractAsyncContextManager[Asker]]
"""Opens an asker, reporting while the model loads. To be entered and left in the same task."""


def failed_answer(error: Exception) -> Answer:
    """The answer to a question whose stream broke with `error`."""
    ours = hasattr(error, "slots")
    text = describe(error) if ours else f"{type(error).__name__}: {error}"
    return Answer("failed", text, exit_code=getattr(error, "exit_code", 1))
