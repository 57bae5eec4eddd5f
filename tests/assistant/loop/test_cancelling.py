"""Whoever stops listening stops the model and the database."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from assistant.events import (
    Answered,
    Event,
    SqlDelta,
)
from assistant.options import Options
from tests.assistant.loop.running import opened
from tests.fixtures.scripted_model import (
    Hang,
    ScriptedModel,
    statement,
)
from tests.fixtures.waiting import ENDLESS, running, until, write_numbers

COUNT = "SELECT COUNT(*) AS n FROM customers"


async def test_closing_the_stream_stops_the_model(scripted_model: ScriptedModel, shop: str) -> None:
    scripted_model.plays(Hang('{"sql": "SELECT a FROM'), statement(COUNT))
    async with opened(scripted_model, shop) as loop:
        events = loop.ask("How many?")
        async for event in events:
            if isinstance(event, SqlDelta):
                break
        await events.aclose()
        assert await asyncio.to_thread(scripted_model.left.wait, 20)
        assert isinstance([event async for event in loop.ask("How many?")][-1], Answered)


async def test_cancelling_the_reader_stops_the_model(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(Hang())
    async with opened(scripted_model, shop) as loop:
        events = loop.ask("How many?")
        reading = asyncio.ensure_future(_drained(events))
        assert await asyncio.to_thread(scripted_model.hanging.wait, 20)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(scripted_model.left.wait, 20)


async def _drained(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def test_cancelling_while_the_database_works_kills_the_query(
    scripted_model: ScriptedModel, mariadb: str
) -> None:
    write_numbers(mariadb)
    scripted_model.plays(statement(ENDLESS), statement("SELECT COUNT(*) AS n FROM numbers"))
    async with opened(scripted_model, mariadb, Options(most_rows_read=10**30)) as loop:
        reading = asyncio.ensure_future(_drained(loop.ask("How many?")))
        await asyncio.to_thread(until, lambda: running(mariadb, ENDLESS) == 1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.to_thread(until, lambda: running(mariadb, ENDLESS) == 0)
        answered = (await _drained(loop.ask("How many?")))[-1]
    assert isinstance(answered, Answered)
    assert answered.answer.text == "200"
