"""Chats over a scripted asker for tests.benchmarks.tui: `stream`, `messages` or `rows`."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from assistant.asker import ChatAsker, Serving
from assistant.events import Answer, Answered, Event, Progress, Repair, RowsReady, SqlDelta
from assistant.tui.app import ChatApp
from assistant.tui.archive import Exchange
from assistant.tui.opening import Opening
from tests.assistant.scripted import USAGE, ScriptedAsker, result

MESSAGES, ROWS = 1_000, 10_000
PIECES = ("SELECT ", "s.name", ", SUM(", "o.total", ")\n", "FROM ", "shops ", "AS s ", "JOIN ")
SMALL = result(("東京都", 12345), ("大阪府", 678), prefecture="text", sales="integer")
WIDE = {"id": "integer", "name": "text", "city": "text", "ordered_on": "date", "total": "decimal",
        "tax": "decimal", "items": "integer", "note": "text"}  # fmt: skip


class Streaming(ScriptedAsker):
    """Writes fifty tokens a second, without end."""

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        yield Progress("writing")
        while True:
            for _ in range(16):  # then a new statement, for real ones are no longer
                for piece in PIECES:
                    yield SqlDelta(piece)
                    await asyncio.sleep(0.02)
            yield Repair("again")


class Rows(ScriptedAsker):
    """Answers with many rows."""

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        rows = tuple(
            (
                n,
                f"株式会社{n}",
                "東京都",
                "2025-04-01",
                f"{n * 117}.50",
                f"{n * 11}.00",
                n % 9,
                None,
            )
            for n in range(ROWS)
        )
        big = result(*rows, **WIDE)
        yield Progress("running")
        yield RowsReady(big)
        yield Answered(Answer("answered", "10,000 rows.", sql="SELECT 1", result=big, usage=USAGE))


class Old(ChatApp):
    """A chat with a long past."""

    async def on_mount(self) -> None:
        past = [
            Exchange(
                f"{n} 番目の質問: 都道府県別の売上は？",
                Answer("answered", f"Answer {n}.", "SELECT 1", SMALL, usage=USAGE),
            )
            for n in range(MESSAGES)
        ]
        await self.conversation.restore(past)
        self.conversation.add_notice("restored")


def main(kind: str) -> None:
    """Run one of the chats on this terminal."""
    asker = {"stream": Streaming, "rows": Rows}.get(kind, ScriptedAsker)([])

    @asynccontextmanager
    async def opened(
        report: Callable[[Progress | Serving], None],
    ) -> AsyncIterator[ChatAsker]:
        yield asker

    app = Old if kind == "messages" else ChatApp
    app(lambda: Opening(opened, "sales", "scripted")).run()


if __name__ == "__main__":
    main(sys.argv[1])
