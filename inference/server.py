"""What callers use: a model server for as long as it is needed, found or started.

Every function may be called from any thread. Progress comes often; an exception raised by
the listener, or KeyboardInterrupt, cancels cleanly: nothing is left running.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from inference import background
from inference.background import RunningServer
from inference.endpoint import Endpoint, attach
from inference.engine import device_memory, find_engine
from inference.errors import AnotherModelRuns, ModelTooLarge
from inference.flags import Launch
from inference.hardware import physical_cores, total_memory
from inference.places import models_folder, state_folder
from inference.process import Engine, start
from inference.progress import OnProgress, human_size, unheard
from inference.saves import saves_folder
from inference.store import LocalModel, locate


@dataclass(frozen=True, slots=True)
class ServerWish:
    """What a person asked for; None leaves the choice to us.

    `model` is a catalogue name or a path to a GGUF file, `effort` the
    reasoning effort. `force` starts a model that is larger than the machine's memory.
    """

    model: str | None = None
    endpoint: str | None = None
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int | None = None
    engine: Path | None = None
    effort: str | None = None
    force: bool = False


@contextmanager
def connect(wish: ServerWish, on_progress: OnProgress = unheard) -> Iterator[Endpoint]:
    """An endpoint for the wish while the block runs.

    A given endpoint is attached to; else a background server with the wished model (or any,
    without a wish) is used; else a server is started that lives as long as the block.
    A model that is not installed is never fetched here (ModelNotInstalled).
    """
    if wish.endpoint:
        yield attach(wish.endpoint, wish.api_key, wish.model)
        return
    with background.only_one(on_progress):
        running = background.status()
    if running and running.serves(wish.model):
        yield running.endpoint
        return
    with serve(wish, on_progress) as endpoint:
        yield endpoint


@contextmanager
def serve(wish: ServerWish, on_progress: OnProgress = unheard) -> Iterator[Endpoint]:
    """A server of our own, ended with the block or with this process, however it ends."""
    engine, launch = _prepared(wish, on_progress)
    descriptor, name = tempfile.mkstemp(prefix="server-", suffix=".log", dir=state_folder())
    os.close(descriptor)
    log = Path(name)
    try:
        server, endpoint = start(engine, launch, log, on_progress)
        try:
            yield endpoint
        finally:
            server.close()
    finally:
        log.unlink(missing_ok=True)


def start_background(wish: ServerWish, on_progress: OnProgress = unheard) -> RunningServer:
    """Start the server that outlives this process, or find it running.

    Two callers at once get the same server. Raises AnotherModelRuns.
    """
    with background.only_one(on_progress):
        running = background.status()
        if running and running.serves(wish.model):
            return running
        if running:
            raise AnotherModelRuns(running=running.model, wanted=wish.model)
        engine, launch = _prepared(wish, on_progress)
        server, endpoint = start(engine, launch, background.log_file(), on_progress)
        try:
            return background.release(server, endpoint)
        except BaseException:
            server.close()
            raise


def _prepared(wish: ServerWish, on_progress: OnProgress) -> tuple[Engine, Launch]:
    model = locate(wish.model, models_folder(), on_progress)
    engine = find_engine(wish.engine, on_progress)
    if not wish.force:
        _refuse_the_impossible(model, engine)
    tokens = wish.context_tokens or model.context_tokens
    saves = saves_folder(engine.program.file, model.path)
    return engine, Launch(model.path, model.name, tokens, physical_cores(), wish.effort, saves)


def _refuse_the_impossible(model: LocalModel, engine: Engine) -> None:
    memory = total_memory()
    if model.size > memory and model.size > (memory := memory + device_memory(engine)):
        raise ModelTooLarge(name=model.name, size=human_size(model.size), memory=human_size(memory))
