"""The server that outlives its terminal: one a user, found again through a state file."""

import json
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from inference.endpoint import Endpoint
from inference.guard import GRACE_SECONDS
from inference.lock import held
from inference.places import state_folder, write_private
from inference.process import ServerProcess
from inference.progress import OnProgress, unheard

# The system's clock of process starts differs by less than this between two readings.
CLOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A background server as the state file tells; the file is readable by its user alone.

    `pid` is the guard's; `started` (seconds since 1970) tells a recycled pid.
    """

    pid: int
    started: float
    model: str
    path: str
    url: str
    api_key: str
    context_tokens: int | None
    log: str
    saves: str = ""

    @property
    def endpoint(self) -> Endpoint:
        """Where to send questions."""
        saves = Path(self.saves) if self.saves else None
        tokens = self.context_tokens
        return Endpoint(self.url, self.api_key, self.model, tokens, "llama.cpp", saves)

    def serves(self, wish: str | None) -> bool:
        """Whether this is the model a person means: no wish, its name, or a path to its file."""
        if wish is None or wish == self.model:
            return True
        return Path(wish).expanduser().resolve() == Path(self.path)

    def process(self) -> psutil.Process | None:
        """The guard, or None when it is gone and its pid free or another's."""
        try:
            guard = psutil.Process(self.pid)
            same = abs(guard.create_time() - self.started) < CLOCK_SECONDS
            return guard if same and guard.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def state_file() -> Path:
    """Where the running server is described, its key included."""
    return state_folder() / "server.json"


def log_file() -> Path:
    """What the background server writes."""
    return state_folder() / "server.log"


def only_one(on_progress: OnProgress) -> AbstractContextManager[None]:
    """Hold the right to start or stop the background server; waits while another start loads."""
    return held(state_folder() / "server.lock", "start of the model server", on_progress)


def status() -> RunningServer | None:
    """The background server that runs now."""
    try:
        server = RunningServer(**json.loads(state_file().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return server if server.process() else None


def release(server: ServerProcess, endpoint: Endpoint) -> RunningServer:
    """Write the server down, then let it go: it is never alive without being on record."""
    running = RunningServer(
        pid=server.guard.pid,
        started=psutil.Process(server.guard.pid).create_time(),
        model=endpoint.model,
        path=str(server.launch.model),
        url=endpoint.base_url,
        api_key=endpoint.api_key or "",
        context_tokens=endpoint.context_tokens,
        log=str(server.log),
        saves=str(endpoint.saves or ""),
    )
    write_private(state_file(), json.dumps(asdict(running), indent=1))
    server.release()
    return running


def stop(on_progress: OnProgress = unheard) -> RunningServer | None:
    """End the background server and wait until it is gone; None when there was none."""
    with only_one(on_progress):
        server = status()
        guard = server.process() if server else None
        if guard:
            family = [guard, *guard.children()]
            guard.terminate()
            # Where a signal cannot be caught (Windows) the guard goes without its server.
            for left in psutil.wait_procs(family, timeout=2 * GRACE_SECONDS)[1]:
                left.kill()
        state_file().unlink(missing_ok=True)
        return server
