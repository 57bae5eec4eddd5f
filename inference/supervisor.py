"""The process that keeps the shared llama-server: one a user, until it is stopped or idle.

    python -P -m inference.supervisor < ASSIGNMENT

It owns the server as a child and writes down what becomes of it. Whoever wants it to end sends
SIGTERM, and its death of any kind ends the server too (see `inference.guard`).
"""

import os
import pickle
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from inference import leases, state
from inference.activity import Activity
from inference.buffers import compared
from inference.errors import InferenceError, ServerKilled, ServerOutOfMemory
from inference.flags import Launch, arguments
from inference.guard import GRACE_SECONDS
from inference.lock import held
from inference.memory import Memory
from inference.network import address
from inference.places import state_folder
from inference.process import Engine, PortTaken, ServerProcess, free_port, is_free, start
from inference.progress import Progress
from inference.state import RunningServer

MOST_RESTARTS = 3
POLL_SECONDS, LOOK_SECONDS = 0.1, 0.5
# A server that was up for so long has served, whether or not it was asked anything.
STEADY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a supervisor is given: the launches are tried in turn while memory does not suffice.

    `idle_seconds` without a client and a request end the server, None lets it stay. `port` is
    taken where it is free. `memory` is what each launch was predicted to take.
    """

    engine: Engine
    launches: tuple[Launch, ...]
    memory: tuple[Memory | None, ...]
    key: str = field(repr=False)
    port: int | None = None
    idle_seconds: float | None = None
    wish: Mapping[str, Any] = field(default_factory=dict)


class Stopped(Exception):
    """Somebody asked this process to end."""


class Busy(Exception):
    """Another process is starting or stopping the server."""


def log_file() -> Path:
    """What llama-server writes; the log before it has ".1" behind its name."""
    return state_folder() / "server.log"


def start_lock() -> Path:
    """Held while a client starts, stops or takes a server, and while one ends for idleness."""
    return state_folder() / "server.lock"


class Supervisor:
    """Keeps one assignment."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.step = 0
        self.failures = 0
        self.was_ready = False
        self.stopping = False
        self.port = assignment.port or free_port()
        self.written = self._first_state()

    def run(self) -> int:
        """Keep the server until its end; returns the exit code."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if hangup := getattr(signal, "SIGHUP", None):
            signal.signal(hangup, signal.SIG_IGN)  # the terminal may go
        try:
            with held(state_folder() / "supervisor.lock", "", self._heed):
                self._keep()
        except Stopped:
            pass
        except InferenceError as error:
            self._write(phase="failed", failure=state.failure_of(error), family=())
            return 1
        leases.release()
        state.state_file().unlink(missing_ok=True)
        return 0

    @property
    def launch(self) -> Launch:
        """What is tried now."""
        return self.assignment.launches[self.step]

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _heed(self, _: Progress | None = None) -> None:
        if self.stopping:
            raise Stopped

    def _keep(self) -> None:
        _bury(state.read())
        while True:
            try:
                if self._served():
                    return
            except PortTaken:
                self.port = free_port()
            except ServerOutOfMemory:
                if self.step + 1 == len(self.assignment.launches):
                    raise
                self.step += 1
            except InferenceError as error:
                self._recover(error)

    def _served(self) -> bool:
        """One life of the server: True when it ended for idleness; raises why it ended else."""
        phase: state.Phase = "restarting" if self.was_ready else "loading"
        self._write(phase=phase, replanned=self.step > 0, failure={}, memory={})
        log = log_file()
        if log.exists():
            log.replace(log.with_name(f"{log.name}.1"))
        engine, key = self.assignment.engine, self.assignment.key
        server, endpoint = start(engine, self.launch, log, self._loading, self._free_port, key=key)
        try:
            self.was_ready, self.port = True, server.port
            children = psutil.Process().children(recursive=True)
            self._write(
                phase="ready",
                url=endpoint.base_url,
                context_tokens=endpoint.context_tokens,
                lan_url=f"http://{address()}:{server.port}" if self.launch.lan else "",
                memory=self._compared(log),
                family=tuple((child.pid, child.create_time()) for child in children),
            )
            return self._watch(server)
        finally:
            server.close()

    def _watch(self, server: ServerProcess) -> bool:
        """Wait until the server has been idle for its time; raises why it ended before."""
        born = last = looked = time.monotonic()
        with Activity(server.port, server.key) as activity:
            while server.guard.poll() is None:
                self._heed()
                time.sleep(POLL_SECONDS)
                now = time.monotonic()
                if now - looked < LOOK_SECONDS:
                    continue
                looked = now
                busy = activity.seen()
                if self.failures and (activity.answered or now - born > STEADY_SECONDS):
                    self.failures = 0
                    self._write(restarts=0)
                if busy or leases.count() or leases.kept():
                    last = now
                idle = self.assignment.idle_seconds
                if idle is not None and now - last >= idle and self._left(server):
                    return True
        raise server.death()

    def _left(self, server: ServerProcess) -> bool:
        """End the idle server, unless a client comes this very moment."""

        def give_way(_: Progress) -> None:
            raise Busy

        try:
            with held(start_lock(), "", give_way):
                if leases.count() or leases.kept():
                    return False
                state.state_file().unlink(missing_ok=True)
                server.close()
                return True
        except Busy:
            return False

    def _recover(self, error: InferenceError) -> None:
        """Wait before the next start; raises the error when there is no use in one."""
        self.failures += 1
        if self.failures > MOST_RESTARTS or not (self.was_ready or isinstance(error, ServerKilled)):
            raise error
        self._write(phase="restarting", restarts=self.failures, failure=state.failure_of(error))
        end = time.monotonic() + 0.25 * 2**self.failures
        while time.monotonic() < end:
            self._heed()
            time.sleep(POLL_SECONDS)

    def _loading(self, progress: Progress) -> None:
        self._heed()
        steps = 100  # a state file is written a hundred times for a load, not at every look
        done, total = progress.done or 0, progress.total or 1
        if self.written.total is None or (done - (self.written.done or 0)) * steps >= total:
            self._write(done=done, total=total)

    def _free_port(self) -> int:
        """The port of before, so that clients find the server again, or another one."""
        self.port = self.port if is_free(self.port) else free_port()
        return self.port

    def _compared(self, log: Path) -> dict[str, tuple[float, float]]:
        memory = self.assignment.memory[self.step]
        return compared(log, memory, self.launch.place) if memory else {}

    def _first_state(self) -> RunningServer:
        engine, launch = self.assignment.engine, self.launch
        return RunningServer(
            pid=os.getpid(),
            started=psutil.Process().create_time(),
            phase="loading",
            model=launch.alias,
            path=str(launch.model),
            url=f"http://127.0.0.1:{self.port}/v1",
            api_key=self.assignment.key,
            log=str(log_file()),
            saves=str(launch.saves or ""),
            engine=engine.program.name,
            dropped=arguments(launch, 0, engine.flags).dropped,
            wish=self.assignment.wish,
        )

    def _write(self, **changes: Any) -> None:
        self.written = replace(self.written, **changes)
        state.write(self.written)


def _bury(before: RunningServer | None) -> None:
    """Wait until what an earlier supervisor left behind is gone; its guard is ending it."""
    family = before.family if before else ()
    left = [process for pid, started in family if (process := state.living(pid, started))]
    for process in psutil.wait_procs(left, timeout=2 * GRACE_SECONDS)[1]:
        process.kill()


def main() -> int:
    """Read the assignment from standard input and keep it."""
    assignment = pickle.load(sys.stdin.buffer)
    return Supervisor(assignment).run()


if __name__ == "__main__":
    sys.exit(main())
