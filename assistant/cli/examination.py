"""The facts for the doctor's checks, gathered from the three packages side by side."""

import asyncio
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import settings
from assistant.cli.console import exit_code, our_errors
from assistant.doctor import database, house, server
from assistant.doctor.finding import Finding, failure
from assistant.locale import set_language

if TYPE_CHECKING:
    from assistant.settings import ModelSettings
    from inference.plan import Plan
    from inference.process import Engine
    from inference.programs import Program
    from mcp_server.connections import Connections
    from mcp_server.sessions import Database

Look = Callable[[], Iterable[Finding]]


def examined() -> list[Finding]:
    """Every finding, in the order in which a person mends them."""
    system = f"{platform.system()} {platform.machine()}"
    first = [house.versions(version("kotae"), platform.python_version(), system)]
    try:
        found = settings.load()
    except our_errors() as error:
        return [*first, failure("settings", error, exit_code(error))]
    set_language(found.language)
    first.append(house.sources(settings.find_file(), os.environ))
    looks: list[tuple[str, Look]] = [
        ("state", _folders),
        ("model", lambda: _model(found.model)),
        ("database", _databases),
        ("knowledge", lambda: [house.knowledge(settings.knowledge_folder(found))]),
    ]
    with ThreadPoolExecutor(len(looks)) as threads:
        return [*first, *(f for part in threads.map(_looked, looks) for f in part)]


def _looked(named: tuple[str, Look]) -> list[Finding]:
    """The findings of a look; one that ends in an error of ours is a finding too."""
    check, look = named
    found = []
    try:
        for finding in look():
            found.append(finding)
    except our_errors() as error:
        found.append(failure(check, error, exit_code(error)))
    return found


def _folders() -> Iterator[Finding]:
    from inference import places

    yield house.folder("models", places.models_folder(), "KOTAE_MODELS_DIR")
    yield house.folder("engines", places.engines_folder(), "KOTAE_ENGINES_DIR")
    yield house.folder("state", places.state_folder(), "KOTAE_STATE_DIR")


def _model(wish: "ModelSettings") -> Iterator[Finding]:
    """The endpoint that is set, the server that runs, or what one would be started with."""
    from inference import background
    from inference.endpoint import attach

    if wish.endpoint:
        there = attach(wish.endpoint, wish.api_key, wish.name)
        yield server.endpoint(there.model, there.base_url, there.context_tokens)
        return
    programs = list(_programs(wish.engine))
    yield _engine(programs)
    shared = background.status()
    if shared and shared.serves(wish.name):
        yield server.running(shared.model, shared.url, shared.phase)
    else:
        yield from _planned(wish, programs)


def _programs(named: Path | None) -> Iterable["Program"]:
    """The engine of the settings, else all that may be one."""
    from inference.errors import EngineBroken
    from inference.programs import at, candidates

    if named is None:
        return candidates()
    if not named.expanduser().is_file():
        raise EngineBroken(engine=named, reason="there is no such file")
    return [at(named.expanduser())]


def _engine(programs: Iterable["Program"]) -> Finding:
    from inference.trial import fault_known

    return server.engine(server.Engine(p.name, fault_known(p)) for p in programs)


def _planned(wish: "ModelSettings", programs: Iterable["Program"]) -> Iterator[Finding]:
    """The model that would be started, and its plan for this machine."""
    from inference.errors import ShapeUnknown
    from inference.places import models_folder
    from inference.plan import Wishes
    from inference.planning import best_of, planned
    from inference.progress import unheard
    from inference.store import installed, locate
    from inference.survey import survey

    folder = models_folder()
    here = installed(folder)
    if wish.name not in here and (wish.name or not here):
        locate(wish.name, folder, unheard)  # raises what is missing; a path is never hashed
    machine, wishes = survey(_proven(programs)), Wishes(wish.context_tokens)
    name = wish.name or best_of(here, folder, machine, wishes)
    yield server.model_here(name)
    with suppress(ShapeUnknown):
        yield server.memory(_sizes(planned(name, folder, machine, wishes).plan))


def _proven(programs: Iterable["Program"]) -> "Engine | None":
    """An engine that an earlier trial found to work; nothing is tried now, that takes too long."""
    from inference.progress import unheard
    from inference.trial import fault_known, fit

    return next((fit(p, unheard) for p in programs if fault_known(p) == ""), None)


def _sizes(plan: "Plan") -> server.MemoryPlan:
    from inference.progress import human_size

    memory, machine = plan.memory, plan.machine
    beside = sum(memory.ram.get(line, 0) for line in ("system", "others"))
    needed = human_size(memory.ram_total - beside)
    if plan.place.device and not plan.place.device.shared:
        needed += f" + {human_size(memory.vram_total)} GPU"
    return server.MemoryPlan(
        model=plan.model,
        verdict=plan.verdict,
        needed=needed,
        missing=human_size(plan.missing),
        spare=human_size(max(0, machine.ram - memory.ram_total)),
        there=human_size(machine.ram),
        context=plan.place.context,
        rate=plan.speed.predicted,
    )


def _databases() -> list[Finding]:
    """Three findings a connection: there, account, fence; all connections at the same time."""
    from mcp_server import settings as tool_settings
    from mcp_server.connections import Connections

    found = tool_settings.load(settings.find_file())
    if not found.connections:
        return [database.missing()]
    connections = Connections(found)

    async def looked() -> list[list[Finding]]:
        every = connections.all()
        return await asyncio.gather(*(_database(connections, one) for one in every))

    try:
        return [finding for part in asyncio.run(looked()) for finding in part]
    finally:
        connections.close()


async def _database(connections: "Connections", one: "Database") -> list[Finding]:
    from mcp_server.errors import DatabaseToolError
    from mcp_server.privileges import examine

    name = one.settings.name
    try:
        seen = await connections.run(one, examine)
    except DatabaseToolError as error:
        return [failure("database", error, exit_code(error))]
    account = seen.account
    return [
        database.reached(name, one.settings.shown_url, seen.product, seen.version),
        database.account(name, account.user, account.grade, account.excess),
        database.fence(name, seen.layers, seen.missing),
    ]
