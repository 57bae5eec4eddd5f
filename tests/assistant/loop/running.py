"""The loop on its real parts, with a scripted model."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from assistant.events import (
    Answer,
    Answered,
    Event,
    Repair,
)
from assistant.loop import Loop
from assistant.model import ChatModel, ModelEndpoint
from assistant.options import USUAL, Options
from assistant.tools import Tools
from mcp_server.server import create_server
from mcp_server.settings import load
from tests.fixtures.scripted_model import (
    NAME,
    Reply,
    ScriptedModel,
)


@asynccontextmanager
async def opened(
    server: ScriptedModel, database: str, options: Options = USUAL, stored: str = "", **environ: str
) -> AsyncIterator[Loop]:
    """The loop on its real parts: HTTP, MCP in memory, a database; once `stored` is indexed."""
    settings = load(database=database, environ=environ)
    async with (
        Tools(create_server(settings)) as tools,
        ChatModel(ModelEndpoint(server.url, NAME)) as model,
    ):
        schema = await tools.schema()
        async with asyncio.timeout(30):
            while stored and not await tools.values(stored):
                pass
        today = date(2026, 7, 1)
        yield Loop(model, tools, schema, today=lambda: today, database="the shop", options=options)


async def asked(
    server: ScriptedModel, database: str, question: str, *replies: Reply, **environ: str
) -> tuple[list[Event], Answer]:
    """All events of one question, and the answer, which comes once and last."""
    server.plays(*replies)
    async with opened(server, database, **environ) as loop:
        *events, last = [event async for event in loop.ask(question)]
    assert isinstance(last, Answered)
    assert not [event for event in events if isinstance(event, Answered)]
    return events, last.answer


def repairs(events: list[Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, Repair)]


def told(server: ScriptedModel) -> str:
    """What the model read last."""
    return str(server.requests[-1]["messages"][-1]["content"])
