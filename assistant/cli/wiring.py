"""The composition root: settings, model server and database tools become an asker."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
)
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import settings as assistant_settings
from assistant.asker import Asker, OpenAsker
from assistant.cli.server import server_wish
from assistant.events import Progress
from assistant.knowledge.files import read_knowledge
from assistant.locale import set_language
from assistant.loop import Loop
from assistant.methods import ALL, Methods
from assistant.model import ChatModel, Message, ModelEndpoint, ReplySchema
from assistant.options import Options
from assistant.report.staff import OpenStaff, Staff, Write
from assistant.settings import Settings
from assistant.tools import Tools
from inference.endpoint import slots
from inference.hardware import slots_worth
from inference.server import connect
from mcp_server import settings as tool_settings
from mcp_server.server import create_server

if TYPE_CHECKING:
    from inference.endpoint import Endpoint
    from inference.progress import Progress as ServerProgress

Listener = Callable[[Progress], None]


class Abandoned(Exception):
    """Raised inside the starting thread when nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Loops over one database and one model server, each with its model; the tools they share.

    `name` is the database's.
    """

    askers: tuple[Loop, ...]
    models: tuple[ChatModel, ...]
    tools: Tools
    name: str


OpenBench = Callable[[Listener], AbstractAsyncContextManager[Bench]]


def open_asker(
    database: str | None = None,
    model: str | None = None,
    endpoint: str | None = None,
) -> OpenAsker:
    """An opener for the loop over these settings; settings are read, and refused, at once.

    Raises: PersonMustAct kinds of `assistant.errors` and `mcp_server.errors`.
    """
    open_one = open_bench(database, model, endpoint)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Asker]:
        async with open_one(on_progress) as bench:
            yield bench.askers[0]

    return opened


def open_bench(
    database: str | None = None,
    model: str | None = None,
    endpoint: str | None = None,
    *,
    askers: int | None = 1,
    methods: Methods = ALL,
) -> OpenBench:
    """An opener for loops side by side, each of which answers one question at a time.

    Without a number there are as many `askers` as the model server has slots. Each has a slot of
    its own; a server that is started for this gets as many, where this machine gains from them.
    Raises: PersonMustAct kinds of `assistant.errors` and `mcp_server.errors`.
    """
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    set_language(settings.language)
    tools = tool_settings.load(assistant_settings.find_file(), database)
    options = _options(settings, methods)
    askers = _worth(askers, settings)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Bench]:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(Tools(create_server(tools)))
            schema = await client.schema()
            served = await stack.enter_async_context(_served(settings, on_progress, askers or 1))
            count = await asyncio.to_thread(_askers, served, askers)
            models = [
                await stack.enter_async_context(_chat_model(served, settings, slot))
                for slot in range(count)
            ]
            connection, today = tools.connections[schema.connection], _today(settings)
            shown = connection.shown_url
            loops = [
                Loop(model, client, schema, today=today, database=shown, options=options)
                for model in models
            ]
            name = Path(connection.url.database or "").stem
            yield Bench(tuple(loops), tuple(models), client, name)

    return opened


def open_staff(
    database: str | None, model: str | None, endpoint: str | None, jobs: int | None
) -> OpenStaff:
    """As `open_bench`, for a report."""
    open_one = open_bench(database, model, endpoint, askers=jobs)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Staff]:
        async with open_one(on_progress) as bench:
            yield Staff(bench.askers, _writer(bench.models[0]))

    return opened


def _worth(wish: int | None, settings: Settings) -> int | None:
    """No more than this machine gains from or the settings say, where the model runs on it."""
    if wish is None or settings.model.endpoint:
        return wish
    return max(slots_worth(wish), min(wish, settings.model.slots))


def _askers(served: "Endpoint", wish: int | None) -> int:
    """How many work at once: no more than a llama-server has slots, as wished of any other."""
    if wish is None or (wish > 1 and served.kind == "llama.cpp"):
        most = slots(served)
        return most if wish is None else min(wish, most)
    return wish


def _writer(chat: ChatModel) -> Write:
    async def write(system: str, user: str, schema: dict[str, Any]) -> str:
        text = ""
        prompt: list[Message] = [
            {"role": "system", "content": system},
            {"role": "user", "content": user},
        ]
        async with aclosing(chat.reply(prompt, ReplySchema("summary", schema))) as pieces:
            async for piece in pieces:
                text += piece.text if piece.kind == "content" else ""
        return text

    return write


def database_url(database: str | None = None) -> str:
    """The whole address of the database, its password hidden; two databases never share one."""
    tools = tool_settings.load(assistant_settings.find_file(), database)
    return tools.connections[tools.default].shown_url if tools.default else "-"


def shown_names(
    database: str | None = None, model: str | None = None, endpoint: str | None = None
) -> tuple[str, str]:
    """The database and the model as a status line names them; no secret in either."""
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    tools = tool_settings.load(assistant_settings.find_file(), database)
    chosen = tools.connections[tools.default] if tools.default else None
    if chosen is None:
        shown = "-"
    elif chosen.is_sqlite:
        shown = Path(chosen.where).name
    else:
        shown = f"{chosen.url.database or '-'} @ {chosen.where}"
    return shown, settings.model.name or settings.model.endpoint or "-"


@asynccontextmanager
async def _served(
    settings: Settings, on_progress: Listener, slots: int = 1
) -> AsyncIterator["Endpoint"]:
    """The model server, entered in a thread, so that starting it can be abandoned."""
    abandoned = threading.Event()

    def heard(progress: "ServerProgress") -> None:
        if abandoned.is_set():
            raise Abandoned
        share = progress.done / progress.total if progress.done and progress.total else None
        on_progress(Progress("starting", share, progress.detail))

    wish = server_wish(settings)
    server = connect(replace(wish, slots=max(slots, wish.slots)), heard)
    starting = asyncio.ensure_future(asyncio.to_thread(server.__enter__))
    try:
        endpoint = await asyncio.shield(starting)
    except asyncio.CancelledError:
        abandoned.set()
        await _undo(starting, server)
        raise
    try:
        yield endpoint
    finally:
        await asyncio.shield(asyncio.to_thread(server.__exit__, None, None, None))


async def _undo(
    starting: "asyncio.Future[Endpoint]", server: AbstractContextManager["Endpoint"]
) -> None:
    """Wait until the abandoned start has given up; end the server if it came up after all."""
    await asyncio.wait({starting})
    if starting.exception() is None:
        await asyncio.to_thread(server.__exit__, None, None, None)


def _chat_model(served: "Endpoint", settings: Settings, slot: int = 0) -> ChatModel:
    return ChatModel(
        _endpoint(served, slot),
        effort=settings.model.effort,
        timeout=settings.model.timeout_seconds,
    )


def _endpoint(served: "Endpoint", slot: int = 0) -> ModelEndpoint:
    return ModelEndpoint(
        base_url=served.base_url,
        model=served.model,
        api_key=served.api_key,
        context_tokens=served.context_tokens,
        is_llama_server=served.kind == "llama.cpp",
        slot=slot if served.saves else None,  # of a server that is not ours, the server chooses
        saves=served.saves,
    )


def _options(settings: Settings, methods: Methods) -> Options:
    wish = settings.assistant
    knowledge = read_knowledge(assistant_settings.knowledge_folder(settings))
    starts = wish.fiscal_year_starts or knowledge.glossary.fiscal_year_starts
    return Options(methods, knowledge, starts, wish.most_rows_read, wish.prose)


def _today(settings: Settings) -> Callable[[], date]:
    fixed = settings.assistant.today
    return (lambda: fixed) if fixed else date.today
