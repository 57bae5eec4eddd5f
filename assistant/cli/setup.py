"""What the first settings need of the three packages: a database tried, models planned, a sample.

Both the wizard of the chat and `kotae init` stand on this.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.setup.choice import Choice, Proposal, Services, Tested
from assistant.setup.testing import examined
from assistant.setup.writing import as_url, settings_path, write_settings

_MOST_PROPOSALS = 5


def services() -> Services:
    """All of it, for the wizard."""

    def write(choice: Choice) -> None:
        write_settings(settings_path(), choice)

    return Services(look_at, propose_models, load_sample, write)


async def look_at(database: str, password: str = "") -> Tested:
    """Connect to a URL or an SQLite file and look at it; nothing is kept.

    Raises kinds of `mcp_server.errors` for what cannot be a database, DatabaseToolFailed for one
    that does not answer.
    """
    from assistant.tools import Tools
    from mcp_server import settings
    from mcp_server.server import create_server

    more = {"KOTAE_DATABASE_PASSWORD": password} if password else {}
    # No settings file counts: the one that is being made may be named already, or be broken.
    found = settings.load(Path(os.devnull), database, {**os.environ, **more})
    assert found.default
    only = replace(found, connections={found.default: found.connections[found.default]})
    async with Tools(create_server(only)) as tools:
        return await examined(tools)


async def propose_models() -> tuple[Proposal, ...]:
    """The models of the catalogue that would run on this machine, the best first.

    Raises kinds of `inference.errors`.
    """
    return await asyncio.to_thread(_proposals)


async def load_sample(on_share: Callable[[float], None]) -> str:
    """The URL of the sales sample, made where it is not there yet.

    Raises kinds of `mcp_server.errors`.
    """
    return await asyncio.to_thread(_sample, on_share)


def _proposals() -> tuple[Proposal, ...]:
    from inference.machine import MachineWish
    from inference.models import catalogue
    from inference.places import models_folder
    from inference.plan import Wishes
    from inference.planning import planned
    from inference.shape import catalogue_shapes
    from inference.store import installed
    from inference.survey import machine_wished

    machine, _ = machine_wished(MachineWish())
    folder = models_folder()
    here, shapes = installed(folder), catalogue_shapes()
    found = []
    for model in catalogue().values():
        if model.name not in shapes:
            continue
        plan = planned(model.name, folder, machine, Wishes()).plan
        download = 0 if model.name in here else model.size
        rate = plan.speed.predicted
        found.append(Proposal(model.name, model.title, plan.verdict, rate, download))
    return _ordered(found)


def _ordered(found: list[Proposal]) -> tuple[Proposal, ...]:
    """Those that fit, the largest first; then the tight ones; the smallest where none fits."""
    able = [one for one in found if one.verdict != "does not fit"]
    ranked = sorted(able, key=lambda one: one.verdict != "fits") or found[-1:]
    return tuple(ranked[:_MOST_PROPOSALS])


def _sample(on_share: Callable[[float], None]) -> str:
    from platformdirs import user_data_path

    from mcp_server.samples import loader

    url = as_url(str(user_data_path("kotae", appauthor=False) / "sales.db"))
    if loader.holds("sales", url):
        return url
    return loader.load("sales", url, lambda p: on_share(p.done / p.total)).url
