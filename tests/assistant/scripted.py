"""An asker whose stream of events is written down, for the front ends' tests."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from assistant.asker import Asker, OpenAsker
from assistant.events import Answer, Answered, Column, Event, Progress, QueryResult, Usage

Step = Event | asyncio.Event | Exception
"""An event to yield, a gate to wait at, or an error to raise."""

USAGE = Usage(1, 1200, 1100, 42, 17.5, 3.2)


class ScriptedAsker:
    """Plays one script a question, the last one again and again.

    `asked` holds the questions; `ended` those whose generator was left, for whatever reason.
    """

    def __init__(self, *scripts: list[Step]) -> None:
        self.scripts = list(scripts)
        self.asked: list[str] = []
        self.ended: list[str] = []

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        self.asked.append(question)
        script = self.scripts[min(len(self.asked), len(self.scripts)) - 1]
        try:
            for step in script:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case Exception():
                        raise step
                    case _:
                        yield step
        finally:
            self.ended.append(question)


def opener(asker: Asker, gate: asyncio.Event | None = None) -> OpenAsker:
    """Opens `asker`, after `gate` where there is one."""

    @asynccontextmanager
    async def open_asker(report: Callable[[Progress], None]) -> AsyncIterator[Asker]:
        report(Progress("starting", 0.4, "model.gguf"))
        if gate:
            await gate.wait()
        yield asker

    return open_asker


def result(*rows: tuple[str | int | float | None, ...], **columns: str) -> QueryResult:
    """A result with these columns (name=type) and rows."""
    heads = tuple(Column(name, kind) for name, kind in columns.items())
    return QueryResult(heads, rows, None, 1.0, "SELECT 1")


def answered(text: str, **fields: object) -> list[Step]:
    """A script of nothing but the answer."""
    return [Answered(Answer("answered", text, usage=USAGE, **fields))]
