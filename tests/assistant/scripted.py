"""An asker whose stream of events is written down, for the front ends' tests."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from assistant.asker import ChatAsker, Effort, OpenChat, Serving, Surroundings
from assistant.events import Answer, Answered, Column, Event, Progress, QueryResult, Usage
from assistant.linking import StoredValue
from assistant.schema import Schema, SchemaColumn, Table

Step = Event | asyncio.Event | Exception
"""An event to yield, a gate to wait at, or an error to raise."""

USAGE = Usage(1, 1200, 1100, 42, 17.5, 3.2)


SCHEMA = Schema(
    "sales",
    "sqlite",
    "3.45",
    (
        Table("orders", (SchemaColumn("id", "int"), SchemaColumn("ordered_on", "date"))),
        Table("customers", (SchemaColumn("id", "int"), SchemaColumn("name", "varchar(40)"))),
    ),
)


class ScriptedAsker:
    """Plays one script a question, the last one again and again.

    `asked` holds the questions, and the statements with a mark before them; `ended` those whose
    generator was left, for whatever reason.
    """

    def __init__(self, *scripts: list[Step], surroundings: Surroundings | None = None) -> None:
        self.scripts = list(scripts)
        self.asked: list[str] = []
        self.ended: list[str] = []
        self.surroundings = surroundings or Surroundings(SCHEMA, "gpt-oss-20b")

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

    def run_sql(self, sql: str) -> AsyncGenerator[Event, None]:
        return self.ask(f"run: {sql}")

    def explain(self, sql: str) -> AsyncGenerator[Event, None]:
        return self.ask(f"explain: {sql}")

    def double_check(self, question: str, first: Answer) -> AsyncGenerator[Event, None]:
        return self.ask(f"check: {question}")

    async def values(self, text: str) -> list[StoredValue]:
        return [StoredValue("customers", "name", "東京商店")]

    async def set_effort(self, effort: Effort) -> None:
        self.surroundings = replace(self.surroundings, effort=effort)


def opener(asker: ChatAsker, gate: asyncio.Event | None = None) -> OpenChat:
    """Opens `asker`, after `gate` where there is one."""

    @asynccontextmanager
    async def open_asker(
        report: Callable[[Progress | Serving], None],
    ) -> AsyncIterator[ChatAsker]:
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
