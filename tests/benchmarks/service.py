"""How soon the shared server answers again after a SIGKILL, of llama-server or its supervisor.

A tiny model that loads at once is killed twenty times either way, so that what is measured is the
supervisor and not the disk. Prints Markdown.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psutil

from inference import background, state
from inference.endpoint import Endpoint
from inference.server import ServerWish, connect, start_background
from inference.tiny_model import write_tiny_model
from tests.fixtures.waiting import until

KILLS = 20
QUESTION = {"messages": [{"role": "user", "content": "a"}], "max_tokens": 1}
HELD = {"grammar": "root ::= [a-o]+"}


def main() -> int:
    """Print the table."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores\n")
    print(f"| killed, {KILLS} times | median s | longest s | processes left over |")
    print("|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KOTAE_STATE_DIR"] = str(Path(folder) / "state")
        model = Path(folder) / "tiny.gguf"
        write_tiny_model(model)
        wish = ServerWish(model=str(model))
        for name, times in (("llama-server", servers(wish)), ("supervisor", supervisors(wish))):
            seconds = list(times)
            background.stop()
            left = sum(str(model) in " ".join(p.info["cmdline"] or ()) for p in everything())
            middle, longest = statistics.median(seconds), max(seconds)
            print(f"| {name} | {middle:.1f} | {longest:.1f} | {left} |", flush=True)
    return 0


def everything() -> Iterator[psutil.Process]:
    """Every process of this machine."""
    return psutil.process_iter(["cmdline"])


def servers(wish: ServerWish) -> Iterator[float]:
    """The supervisor brings its server back by itself."""
    endpoint = start_background(wish).endpoint
    for _ in range(KILLS):
        until(steady)
        _, server = family()
        server.kill()
        yield until_answered(lambda: endpoint)


def family() -> list[psutil.Process]:
    """The guard and llama-server, as far as they live."""
    server = state.read()
    found = (state.living(*process) for process in server.family) if server else ()
    return [process for process in found if process]


def steady() -> bool:
    """Whether the server is up and its crashes of before are forgiven."""
    server = state.read()
    settled = server is not None and server.phase == "ready" and not server.restarts
    return settled and len(family()) == 2


def supervisors(wish: ServerWish) -> Iterator[float]:
    """The next client has a new supervisor started."""
    for _ in range(KILLS):
        with connect(wish):
            before = state.read()
            assert before is not None
            psutil.Process(before.pid).kill()

        def again() -> Endpoint:
            with connect(wish) as endpoint:
                return endpoint

        yield until_answered(again)


def until_answered(find: Callable[[], Endpoint]) -> float:
    """Seconds until a request is answered."""
    start = time.monotonic()
    until(lambda: answered(find()))
    return time.monotonic() - start


def answered(endpoint: Endpoint) -> bool:
    """Whether the server answers a question now."""
    with suppress(httpx2.TransportError):
        reply = httpx2.post(
            f"{endpoint.base_url}/chat/completions",
            json={**QUESTION, **HELD},
            headers={"Authorization": f"Bearer {endpoint.api_key}"},
        )
        return reply.is_success
    return False


if __name__ == "__main__":
    sys.exit(main())
