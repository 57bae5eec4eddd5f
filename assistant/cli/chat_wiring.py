"""What the chat is opened with: an asker that stays warm, its server watched, its keys."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from assistant import settings as assistant_settings
from assistant.asker import ChatAsker, OpenChat, Serving
from assistant.cli.wiring import database_url, open_bench, shown_names
from assistant.events import Progress
from assistant.followup import Conversation, Memory
from assistant.knowledge.files import Pair, add_pair
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store, sessions_file
from assistant.tui.opening import Opening
from inference import background

WATCH_SECONDS = 1.0
Report = Callable[[Progress | Serving], None]


def opening(
    database: str | None = None,
    model: str | None = None,
    endpoint: str | None = None,
    *,
    resume: bool = False,
) -> Opening:
    """Settings are read, and refused, at once; the model is loaded when the asker is opened.

    `resume`: go on with the last conversation about this database, where there is one.
    Raises: PersonMustAct kinds of `assistant.errors` and `mcp_server.errors`.
    """
    settings = assistant_settings.load(model=model, endpoint=endpoint)
    folder = assistant_settings.knowledge_folder(settings)

    def keep_pair(question: str, sql: str) -> str:
        add_pair(folder, Pair(question=question, sql=sql))
        return str(folder / "pairs.jsonl")

    memory = Memory()
    opener = open_chat(database, model, endpoint, memory, watch=settings.model.endpoint is None)
    names = shown_names(database, model, endpoint)
    notebook = None
    if settings.assistant.keep_sessions:
        # Open as long as the opening: whoever runs the chat closes it.
        notebook = Notebook(Store(sessions_file()), memory, database_url(database), names[1])
    latest = notebook.store.latest(notebook.database) if notebook and resume else None
    resumed = notebook.resume(latest) if notebook and latest is not None else None
    return Opening(
        opener,
        *names,
        keys=settings.keys,
        keep_pair=keep_pair,
        notebook=notebook,
        resumed=resumed,
    )


def open_chat(
    database: str | None,
    model: str | None,
    endpoint: str | None,
    memory: Memory,
    *,
    watch: bool,
) -> OpenChat:
    """An opener whose asker has the schema read ahead while the person is still typing, and
    keeps the last question in `memory` for those that refer back to it.

    `watch`: tell what becomes of our own model server meanwhile.
    """
    open_one = open_bench(database, model, endpoint)

    @asynccontextmanager
    async def opened(report: Report) -> AsyncIterator[ChatAsker]:
        async with open_one(report) as bench:
            [loop] = bench.askers
            report(Progress("reading"))
            await loop.warm()
            watching = asyncio.create_task(watch_server(report)) if watch else None
            try:
                yield Conversation(loop, memory)
            finally:
                if watching:
                    watching.cancel()
                    await asyncio.wait([watching])

    return opened


async def watch_server(report: Report) -> None:
    """Report each change of the shared server, from the first that is not ready."""
    before = "ready"
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        server = await asyncio.to_thread(background.status)
        match server.phase if server else "down":
            case "loading" if server:
                share = (server.done or 0) / server.total if server.total else None
                report(Progress("starting", share, server.model))
                before = "loading"
            case "ready" | "restarting" | "down" as state if state != before:
                report(Serving(state))
                before = state
            case _:
                pass
