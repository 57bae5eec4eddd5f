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
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import settings as assistant_settings
from assistant.asker import Asker, OpenAsker
from assistant.cli.server import server_wish
from assistant.events import Progress
from assistant.followup import Conversation
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
    """Loops over one database and one model server, its tools, and the database's name."""

    askers: tuple[Loop, ...]
    tools: Tools
    name: str


OpenBench = Callable[[Listener], AbstractAsyncContextManager[Bench]]


def open_asker(
    database: str | None = None,
    model: str | None = None,
    endpoint: str | None = None,
    *,
    warm: bool = False,
) -> OpenAsker:
    """An opener for the loop over these settings; settings are read, and refused, at once.

    `warm`, for a chat, has the model server read the schema while the person is still typing,
    and remembers the last question for those that refer back to it.
    Raises: PersonMustAct kinds of `assistant.errors` and `mcp_server.errors`.
    """
    open_one = open_bench(database, model, endpoint)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Asker]:
        async with open_one(on_progress) as bench:
            [loop] = bench.askers
            if warm:
                on_progress(Progress("reading"))
                await loop.warm()
            yield Conversation(loop) if warm else loop

    return opened


def open_bench(
    database: str | None = None,
    model: str | None = None,
    endpoint: str | None = None,
    *,
    askers: int = 1,
    methods: Methods = ALL,
) -> OpenBench:
    """An opener for several loops side by side, each of which answers one question at a time.

    Raises: PersonMustAct kinds of `assistant.errors` and `mcp_server.errors`.
    """
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    set_language(settings.language)
    tools = tool_settings.load(assistant_settings.find_file(), database)
    options = _options(settings, methods)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Bench]:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(Tools(create_server(tools)))
            schema = await client.schema()
            served = await stack.enter_async_context(_served(settings, on_progress))
            connection = tools.connections[schema.connection]
            loops = [
                Loop(
                    await stack.enter_async_context(_chat_model(served, settings)),
                    client,
                    schema,
                    today=_today(settings),
                    database=connection.shown_url,
                    options=options,
                )
                for _ in range(askers)
            ]
            yield Bench(tuple(loops), client, Path(connection.url.database or "").stem)

    return opened


def open_staff(
    database: str | None, model: str | None, endpoint: str | None, jobs: int | None
) -> OpenStaff:
    """As `open_asker`, with askers that work at the same time: `jobs`, or as the server has slots.

    Each has a connection of its own to the model; the database tools are shared.
    """
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    tools = tool_settings.load(assistant_settings.find_file(), database)
    options = _options(settings, ALL)

    @asynccontextmanager
    async def opened(on_progress: Listener) -> AsyncIterator[Staff]:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(Tools(create_server(tools)))
            schema = await client.schema()
            served = await stack.enter_async_context(_served(settings, on_progress))
            count = await asyncio.to_thread(slots, served) if jobs is None else jobs
            chats = [
                await stack.enter_async_context(_chat_model(served, settings)) for _ in range(count)
            ]
            shown, today = tools.connections[schema.connection].shown_url, _today(settings)
            loops = [
                Loop(chat, client, schema, today=today, database=shown, options=options)
                for chat in chats
            ]
            yield Staff(tuple(loops), _writer(chats[0]))

    return opened


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


def shown_names(
    database: str | None = None, model: str | None = None, endpoint: str | None = None
) -> tuple[str, str]:
    """The database and the model as a status line names them; no secret in either."""
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    tools = tool_settings.load(assistant_settings.find_file(), database)
    shown = tools.connections[tools.default].shown_url if tools.default else "-"
    return shown, settings.model.name or settings.model.endpoint or "-"


@asynccontextmanager
async def _served(settings: Settings, on_progress: Listener) -> AsyncIterator["Endpoint"]:
    """The model server, entered in a thread, so that starting it can be abandoned."""
    abandoned = threading.Event()

    def heard(progress: "ServerProgress") -> None:
        if abandoned.is_set():
            raise Abandoned
        share = progress.done / progress.total if progress.done and progress.total else None
        on_progress(Progress("starting", share, progress.detail))

    server = connect(server_wish(settings), heard)
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


def _chat_model(served: "Endpoint", settings: Settings) -> ChatModel:
    return ChatModel(
        _endpoint(served), effort=settings.model.effort, timeout=settings.model.timeout_seconds
    )


def _endpoint(served: "Endpoint") -> ModelEndpoint:
    return ModelEndpoint(
        base_url=served.base_url,
        model=served.model,
        api_key=served.api_key,
        context_tokens=served.context_tokens,
        is_llama_server=served.kind == "llama.cpp",
        slot=0 if served.saves else None,  # ours has one; of another the server chooses
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
