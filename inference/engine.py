"""Find a llama-server that works here, and ask it what it sees."""

import os
from collections.abc import Iterable
from pathlib import Path

from inference.asking import told
from inference.errors import EngineBroken, NoEngine
from inference.process import Engine
from inference.programs import Program, at, candidates
from inference.progress import OnProgress, unheard
from inference.trial import Unfit, fit

LIST_SECONDS = 60


def find_engine(
    wish: Path | None = None,
    on_progress: OnProgress = unheard,
    among: Iterable[Program] | None = None,
) -> Engine:
    """The engine a person named (`wish`, else KOTAE_ENGINE), or the first one that works.

    `among` is what is tried in turn, by default all that this machine has. A named one that does
    not work is an error (EngineBroken), never silently replaced. Raises NoEngine.
    """
    if wish is None and (named := os.environ.get("KOTAE_ENGINE")):
        wish = Path(named).expanduser()
    if wish is not None:
        return _named(wish, on_progress)
    tried: list[str] = []
    for program in candidates() if among is None else among:
        try:
            return fit(program, on_progress)
        except Unfit as fault:
            tried.append(f"{program.name}: {fault}")
    raise NoEngine(tried="; ".join(tried) or "none was found on PATH or in installed packages")


def _named(path: Path, on_progress: OnProgress) -> Engine:
    if not path.is_file():
        raise EngineBroken(engine=path, reason="there is no such file")
    try:
        return fit(at(path), on_progress)
    except Unfit as fault:
        raise EngineBroken(engine=path, reason=fault) from fault


def device_list(engine: Engine, on_progress: OnProgress = unheard) -> str:
    """What the engine prints about the graphics devices that it sees, nothing if it cannot."""
    if "--list-devices" not in engine.flags:
        return ""
    answer = told(engine.program, "--list-devices", LIST_SECONDS, on_progress)
    return answer[1] if answer else ""
