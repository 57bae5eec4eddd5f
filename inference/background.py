"""The shared server from a client's side: find it, have it started, wait for it, stop it."""

import pickle
import subprocess
import sys
import time
from contextlib import AbstractContextManager

import psutil

from inference import leases, state
from inference.errors import SupervisorLost
from inference.guard import GRACE_SECONDS
from inference.lock import held
from inference.places import state_folder
from inference.programs import without_secrets
from inference.progress import OnProgress, Progress, unheard
from inference.state import RunningServer
from inference.supervisor import Assignment, start_lock

POLL_SECONDS = 0.1


def only_one(on_progress: OnProgress) -> AbstractContextManager[None]:
    """Hold the right to start or stop the shared server."""
    return held(start_lock(), "start of the model server", on_progress)


def status() -> RunningServer | None:
    """The shared server that runs now: loading, ready or restarting."""
    server = state.read()
    return server if server and server.phase != "failed" and server.process() else None


def spawn(assignment: Assignment) -> None:
    """Start a supervisor that outlives this process and its terminal; returns once it is seen.

    The start lock must be held. Raises SupervisorLost.
    """
    folder, before = state_folder(), state.read()
    flags = [
        getattr(subprocess, name, 0) for name in ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
    ]
    with (folder / "supervisor.log").open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-P", "-m", "inference.supervisor"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=without_secrets() | {"KOTAE_STATE_DIR": str(folder.absolute())},
            cwd=folder,
            start_new_session=True,
            creationflags=sum(flags),
        )
    assert supervisor.stdin is not None
    with supervisor.stdin:
        pickle.dump(assignment, supervisor.stdin)
    while status() is None and supervisor.poll() is None:
        time.sleep(POLL_SECONDS)
    if supervisor.poll() is None:
        supervisor.returncode = 0  # Popen must neither wait for it nor warn that it runs
    elif state.read() == before:
        raise SupervisorLost(model=assignment.launches[0].alias, log=_log())


def wait_ready(on_progress: OnProgress) -> RunningServer:
    """The shared server once it answers; raises why it does not, SupervisorLost at worst."""
    while True:
        server = state.read()
        if server is None or not (server.process() or server.phase == "failed"):
            raise SupervisorLost(model=server.model if server else "-", log=_log())
        if server.phase == "ready":
            return server
        if server.phase == "failed":
            raise server.error() or SupervisorLost(model=server.model, log=_log())
        on_progress(Progress("loading", server.done, server.total, server.model))
        time.sleep(POLL_SECONDS)


def stop(on_progress: OnProgress = unheard) -> RunningServer | None:
    """End the shared server and wait until it is gone; None when there was none."""
    with only_one(on_progress):
        server = status()
        end(server)
        leases.release()
        state.state_file().unlink(missing_ok=True)
        return server


def end(server: RunningServer | None) -> None:
    """End a supervisor and all that is under it; the start lock must be held."""
    supervisor = server.process() if server else None
    if supervisor is None:
        return
    family = [supervisor, *supervisor.children(recursive=True)]
    supervisor.terminate()
    # Where a signal cannot be caught (Windows) the guard goes without its server.
    for left in psutil.wait_procs(family, timeout=3 * GRACE_SECONDS)[1]:
        left.kill()


def _log() -> str:
    return str(state_folder() / "supervisor.log")
