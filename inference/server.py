"""What callers use: a model server for as long as it is needed, found or started.

Every function may be called from any thread. Progress comes often; an exception raised by
the listener, or KeyboardInterrupt, cancels cleanly: nothing is left running.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inference import background, leases, state
from inference.endpoint import Endpoint, attach
from inference.errors import AnotherModelRuns, InferenceError, RunsWithoutTools
from inference.flags import Launch
from inference.places import state_folder
from inference.preparation import OnPlan, ServerWish, prepare, unseen
from inference.process import new_key, start
from inference.progress import OnProgress, unheard
from inference.state import RunningServer
from inference.supervisor import Assignment, Supervisor

__all__ = ["ServerWish", "connect", "keep_here", "restart", "serve", "start_background"]

SECRETS = ("endpoint", "api_key")
FILES = ("engine", "mcp_servers")


@contextmanager
def connect(wish: ServerWish, on_progress: OnProgress = unheard) -> Iterator[Endpoint]:
    """An endpoint for the wish while the block runs.

    A given endpoint is attached to; else the shared server is used, started if need be, and
    stays warm after the block for the wish's idle time. A model that is not installed is never
    fetched here (ModelNotInstalled). Raises AnotherModelRuns and what `prepare` raises.
    """
    if wish.endpoint:
        yield attach(wish.endpoint, wish.api_key, wish.model)
        return
    with leases.lease():
        yield _shared(wish, on_progress, unseen).endpoint


@contextmanager
def serve(wish: ServerWish, on_progress: OnProgress = unheard) -> Iterator[Endpoint]:
    """A server of our own, ended with the block or with this process, however it ends."""
    made = prepare(wish, on_progress)
    descriptor, name = tempfile.mkstemp(prefix="server-", suffix=".log", dir=state_folder())
    os.close(descriptor)
    log = Path(name)
    try:
        server, endpoint = start(made.engine, made.launches[0], log, on_progress)
        try:
            yield endpoint
        finally:
            server.close()
    finally:
        log.unlink(missing_ok=True)


def start_background(
    wish: ServerWish,
    on_progress: OnProgress = unheard,
    on_plan: OnPlan = unseen,
    *,
    keep: bool = True,
) -> RunningServer:
    """Start the shared server, or find it running; with `keep` it stays until it is stopped.

    Two callers at once get the same server. Raises AnotherModelRuns and what `prepare` raises.
    """
    with leases.lease():
        server = _shared(wish, on_progress, on_plan)
        if keep:
            leases.keep()
        return server


def restart(on_progress: OnProgress = unheard, on_plan: OnPlan = unseen) -> RunningServer | None:
    """Stop the shared server and start it again with the wish of before; None without one."""
    before, kept = state.read(), leases.kept()
    if before is None or not before.wish:
        return None
    background.stop(on_progress)
    state.write(before)  # its port and key are taken again, so that clients find the server
    return start_background(_wish_of(before), on_progress, on_plan, keep=kept)


def keep_here(wish: ServerWish, on_progress: OnProgress = unheard) -> int:
    """Keep the shared server from this very process, as a service manager wants it.

    Returns the exit code once it was stopped. Raises AnotherModelRuns where one runs already.
    """
    with background.only_one(on_progress):
        if running := background.status():
            raise AnotherModelRuns(running=running.model, wanted=wish.model or "-")
        leases.keep()
        supervisor = Supervisor(_assignment(wish, on_progress, unseen))
    code = supervisor.run()
    if code and (failed := state.read()) and (error := failed.error()):
        raise error
    return code


def _shared(wish: ServerWish, on_progress: OnProgress, on_plan: OnPlan) -> RunningServer:
    """The shared server, ready; one that this call had started is ended when it is cancelled."""
    with background.only_one(on_progress):
        running = background.status()
        if running and not running.serves(wish.model):
            if leases.kept() or leases.count() > 1:
                raise AnotherModelRuns(running=running.model, wanted=wish.model)
            background.end(running)  # it was started on demand, and nobody uses it
            running = None
        if running and wish.mcp_servers and not running.wish.get("mcp_servers"):
            raise RunsWithoutTools(running=running.model)
        ours = running is None
        if ours:
            background.spawn(_assignment(wish, on_progress, on_plan))
    try:
        return background.wait_ready(on_progress)
    except InferenceError:
        raise  # the server failed by itself, and what is written down says why
    except BaseException:
        if ours and leases.count() == 1:
            background.stop()
        raise


def _assignment(wish: ServerWish, on_progress: OnProgress, on_plan: OnPlan) -> Assignment:
    made = prepare(wish, on_progress, on_plan)
    before = state.read()
    return Assignment(
        engine=made.engine,
        launches=made.launches,
        memory=made.memory,
        key=before.api_key if before and before.api_key else new_key(),
        port=int(before.url.rpartition(":")[2].removesuffix("/v1")) if before else None,
        idle_seconds=60 * wish.idle_minutes,
        wish=_remembered(wish, made.launches[0]),
    )


def _remembered(wish: ServerWish, launch: Launch) -> dict[str, Any]:
    """The wish as it can be granted again, from any folder and without a secret."""
    by_path = wish.model is not None and wish.model != launch.alias
    settled = replace(wish, model=str(launch.model) if by_path else launch.alias)
    return {name: value for name, value in asdict(settled).items() if name not in SECRETS}


def _wish_of(server: RunningServer) -> ServerWish:
    files = {name: Path(server.wish[name]) for name in FILES if server.wish.get(name)}
    return ServerWish(**{**server.wish, **files})
