"""What is written down about the shared server, so that every kotae of this user finds it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

from inference import errors
from inference.endpoint import Endpoint
from inference.places import state_folder, write_private

# The system's clock of process starts differs by less than this between two readings.
CLOCK_SECONDS = 2.0

Phase = Literal["loading", "ready", "restarting", "failed"]


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The shared server as the state file tells; the file is readable by its user alone.

    `pid` is the supervisor's; `started` (seconds since 1970) tells a recycled pid. `family` are
    the processes under it, as pid and start. `done` of `total` bytes are loaded. `restarts`
    counts the crashes in a row. `wish` is what it was started with, `failure` an error's class
    and slots. `memory` compares, a place (ram, vram), the MiB planned and those printed.
    """

    pid: int
    started: float
    phase: Phase
    model: str
    path: str
    url: str
    api_key: str = field(repr=False)
    log: str
    context_tokens: int | None = None
    done: int | None = None
    total: int | None = None
    restarts: int = 0
    replanned: bool = False
    engine: str = ""
    dropped: tuple[str, ...] = ()
    lan_url: str = ""
    saves: str = ""
    family: tuple[tuple[int, float], ...] = ()
    wish: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    failure: Mapping[str, Any] = field(default_factory=dict)

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
        """The supervisor, or None when it is gone and its pid free or another's."""
        return living(self.pid, self.started)

    def error(self) -> errors.InferenceError | None:
        """Why it failed, as the error it was."""
        kind = getattr(errors, str(self.failure.get("error")), None)
        return kind(**self.failure["slots"]) if kind else None


def living(pid: int, started: float) -> psutil.Process | None:
    """The process that was started then under this pid, unless it is gone."""
    try:
        found = psutil.Process(pid)
        same = abs(found.create_time() - started) < CLOCK_SECONDS
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def state_file() -> Path:
    """Where the shared server is described, its key included."""
    return state_folder() / "server.json"


def read() -> RunningServer | None:
    """What was written last, whether or not that server still runs."""
    try:
        return RunningServer(**json.loads(state_file().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(server: RunningServer) -> None:
    """Write the server down in one step."""
    write_private(state_file(), json.dumps(asdict(server), indent=1, default=str))


def failure_of(error: errors.InferenceError) -> dict[str, Any]:
    """An error as `RunningServer.failure` keeps it."""
    slots = {name: str(value) for name, value in error.slots.items()}
    return {"error": type(error).__name__, "slots": slots}
