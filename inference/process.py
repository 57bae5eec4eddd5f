"""One running llama-server under its guard: start, wait until it is ready, end it."""

import os
import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from inference.causes import cause, out_of_memory_kills
from inference.endpoint import Endpoint, served
from inference.errors import EngineLacks, NoPort, ServerDied, ServerNotReady
from inference.flags import Launch, arguments
from inference.guard import GRACE_SECONDS
from inference.programs import Program
from inference.progress import OnProgress, Progress

PORT_ATTEMPTS = 3
PORTS = range(20_000, 32_768)
"""Below those that systems give to outgoing connections, one of which could take the port of a
server while it is started anew."""
POLL_SECONDS = 0.1
LOAD_SECONDS = 1800
GUARD = (sys.executable, "-P", "-m", "inference.guard")


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that was tried and works, and the flags it knows."""

    program: Program
    flags: frozenset[str]


class PortTaken(Exception):
    """Another program listens on the port that was chosen."""


def new_key() -> str:
    """An API key that nobody can guess."""
    return secrets.token_urlsafe(24)


def free_port() -> int:
    """A loopback port that nobody has now."""
    while not is_free(port := random.choice(PORTS)):
        pass
    return port


def is_free(port: int) -> bool:
    """Whether the port can be had now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, sys.platform != "win32")
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class ServerProcess:
    """A llama-server being started or running. It ends with this process, however that ends."""

    def __init__(self, engine: Engine, launch: Launch, port: int, key: str, log: Path) -> None:
        """Start it; raises EngineLacks where the engine cannot do what the launch asks."""
        self.launch, self.log, self.port, self.key = launch, log, port, key
        self.kills_before = out_of_memory_kills()
        spelled = arguments(launch, port, engine.flags)
        if spelled.lacking:
            raise EngineLacks(engine=engine.program.name, flags=", ".join(spelled.lacking))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            self.guard = subprocess.Popen(
                [*GUARD, *engine.program.command, *spelled.line],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={
                    **engine.program.surroundings(),
                    **launch.environment,
                    "LLAMA_API_KEY": key,
                },
                cwd=log.parent,
                start_new_session=True,  # the terminal's Ctrl-C is ours to act on
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )

    @property
    def url(self) -> str:
        """The base URL of its OpenAI-compatible API."""
        return f"http://127.0.0.1:{self.port}/v1"

    def wait_ready(self, on_progress: OnProgress, seconds: float) -> Endpoint:
        """Return once the model is loaded. Raises ServerDied, ServerNotReady, PortTaken."""
        size = self.launch.model.stat().st_size
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.guard.poll() is not None:
                raise self.death()
            if self._healthy():
                model = served(self.url, self.key)[0]
                return Endpoint(
                    self.url,
                    self.key,
                    self.launch.alias,
                    model.context_tokens,
                    "llama.cpp",
                    self.launch.saves,
                )
            loaded = min(_resident_bytes(self.guard.pid), size)
            on_progress(Progress("loading", loaded, size, self.launch.alias))
            time.sleep(POLL_SECONDS)
        raise ServerNotReady(model=self.launch.alias, seconds=int(seconds), log=self.log)

    def close(self) -> None:
        """End the server and wait until it is gone."""
        assert self.guard.stdin is not None
        self.guard.stdin.close()
        try:
            self.guard.wait(2 * GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            end_tree(self.guard.pid)
            self.guard.wait()

    def _healthy(self) -> bool:
        if not _listens(self.guard.pid, self.port):
            return False
        try:
            reply = httpx2.get(f"http://127.0.0.1:{self.port}/health", timeout=2, trust_env=False)
        except httpx2.TransportError:
            return False
        return reply.status_code == 200

    def death(self) -> Exception:
        """Why the server ended: an error of `inference.causes`, or PortTaken."""
        with suppress(subprocess.TimeoutExpired):
            self.guard.wait(2 * GRACE_SECONDS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                return PortTaken()
        starved = out_of_memory_kills() > self.kills_before
        return cause(self.launch.alias, self.guard.returncode, self.log, starved)


def start(
    engine: Engine,
    launch: Launch,
    log: Path,
    on_progress: OnProgress,
    choose_port: Callable[[], int] = free_port,
    load_seconds: float = LOAD_SECONDS,
    key: str | None = None,
) -> tuple[ServerProcess, Endpoint]:
    """Start a server and wait until it is ready; nothing is left running on an error.

    A port that another program took meanwhile is given up for another one; a server that ends
    without a word is started once more. Raises EngineLacks, ServerNotReady, NoPort and what
    `inference.causes` tells apart.
    """
    key = key or new_key()
    ports: list[int] = []
    for _ in range(PORT_ATTEMPTS):
        ports.append(choose_port())
        server = ServerProcess(engine, launch, ports[-1], key, log)
        try:
            return server, server.wait_ready(on_progress, load_seconds)
        except PortTaken:
            server.close()
        except ServerDied as died:
            # One that ends at once may lose what it had to say; the next one says it.
            server.close()
            if died.slots["tail"] or len(ports) > 1:
                raise
        except BaseException:
            server.close()
            raise
    raise NoPort(ports=", ".join(map(str, ports)))


def end_tree(pid: int) -> None:
    """Kill a process and its children, the hard way."""
    try:
        root = psutil.Process(pid)
        family = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def _family(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _resident_bytes(guard: int) -> int:
    try:
        return sum(process.memory_info().rss for process in _family(guard))
    except psutil.Error:
        return 0


def _listens(guard: int, port: int) -> bool:
    """Whether the port belongs to our server. Where the system will not tell: taken as ours."""
    try:
        sockets = [c for process in _family(guard) for c in process.net_connections("tcp")]
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
    return any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in sockets)
