import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import psutil
import pytest

from inference import background, leases, programs, state
from inference.endpoint import Endpoint, attach
from inference.errors import ServerKilled, ServerOutOfMemory
from inference.flags import Launch
from inference.memory import on_cpu
from inference.process import Engine
from inference.server import ServerWish, connect, start_background
from inference.state import RunningServer
from inference.supervisor import Assignment
from tests.fixtures.models import executable
from tests.fixtures.waiting import until

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent"),
]
KILLS = 20
STREAM = {"messages": [{"role": "user", "content": "a"}], "max_tokens": 400, "stream": True}
HELD = {"grammar": "root ::= [a-o]+", "ignore_eos": True}
# Starts the shared server as the product does, and goes.
CLIENT = """
import sys
from inference.server import ServerWish, start_background
print(start_background(ServerWish(model=sys.argv[1])).pid)
"""


@pytest.fixture(autouse=True)
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty models folder; what runs in the background is ended with the test."""
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(tmp_path / "models"))
    yield
    background.stop()


@pytest.fixture
def wish(tiny_model: Path) -> ServerWish:
    return ServerWish(model=str(tiny_model))


def running() -> RunningServer:
    server = state.read()
    assert server is not None
    return server


def processes(server: RunningServer) -> list[psutil.Process]:
    """The guard and llama-server."""
    assert len(server.family) == 2
    return [psutil.Process(pid) for pid, _ in server.family]


def gone(left: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(left, timeout=20)[1]


def killed_while_answering(endpoint: Endpoint, victim: psutil.Process) -> tuple[bool, str]:
    """Whether a request looked answered to its client, and what it got."""
    got: list[str] = []
    try:
        with httpx2.stream(
            "POST",
            f"{endpoint.base_url}/chat/completions",
            json={**STREAM, **HELD},
            headers={"Authorization": f"Bearer {endpoint.api_key}"},
            timeout=60,
        ) as reply:
            for line in reply.iter_lines():
                if not got:
                    victim.kill()
                got.append(line)
    except httpx2.TransportError:
        return False, "\n".join(got)
    return True, "\n".join(got)


def asked(endpoint: Endpoint) -> None:
    reply = httpx2.post(
        f"{endpoint.base_url}/chat/completions",
        json={**STREAM, **HELD, "stream": False, "max_tokens": 2},
        headers={"Authorization": f"Bearer {endpoint.api_key}"},
        timeout=60,
    )
    assert reply.raise_for_status().json()["choices"]


def test_a_server_killed_twenty_times_is_back_where_it_was(wish: ServerWish) -> None:
    first = start_background(wish)
    before = first
    for _ in range(KILLS):
        dying = processes(before)
        answered, text = killed_while_answering(first.endpoint, dying[1])
        assert answered == ("[DONE]" in text)
        assert gone(dying)
        until(lambda known=before: running().phase == "ready" and running().family != known.family)
        before = running()
        assert (before.pid, before.endpoint) == (first.pid, first.endpoint)
        asked(first.endpoint)
        # An answer wipes the slate clean: the crashes are not in a row.
        until(lambda: running().restarts == 0)
    family = psutil.Process(first.pid).children(recursive=True)
    assert {p.pid for p in family} == {pid for pid, _ in before.family}


def test_a_supervisor_killed_twenty_times_leaves_no_orphan_and_the_next_client_has_a_server(
    wish: ServerWish,
) -> None:
    seen: set[int] = set()
    key = ""
    for _ in range(KILLS):
        with connect(wish) as endpoint:
            server = running()
            left = [psutil.Process(server.pid), *processes(server)]
            answered, text = killed_while_answering(endpoint, left[0])
            # The server itself goes only after its supervisor; it may have finished before.
            assert answered == ("[DONE]" in text)
            assert gone(left)
            assert background.status() is None
        assert key in ("", endpoint.api_key)
        key = str(endpoint.api_key)
        seen.add(server.pid)
    assert len(seen) == KILLS


def test_a_guard_that_is_killed_takes_its_server_along_and_both_are_replaced(
    wish: ServerWish,
) -> None:
    before = start_background(wish)
    guard, server = processes(before)
    guard.kill()
    assert gone([guard, server])
    until(lambda: running().phase == "ready" and running().family != before.family)
    assert attach(before.url, before.api_key) == before.endpoint


def test_crashes_in_a_row_end_it_and_the_cause_is_told(wish: ServerWish) -> None:
    server = start_background(wish)
    for _ in range(4):
        until(lambda known=server: running().phase == "ready" and running().family)
        server = running()
        processes(server)[1].kill()
        until(lambda known=server: running().family != known.family or not background.status())
    until(lambda: background.status() is None)
    assert isinstance(running().error(), ServerKilled)
    assert start_background(wish).phase == "ready"


def test_memory_that_did_not_suffice_is_answered_with_the_smaller_plan(
    engine: Engine, tiny_model: Path, tmp_path: Path
) -> None:
    starved = "E ggml_aligned_malloc: insufficient memory (attempted to allocate 9 MB)"
    command = " ".join(engine.program.command)
    picky = executable(
        tmp_path / "llama-server",
        f'case "$*" in *"--ctx-size 512"*) echo "{starved}"; exit 1;; esac; exec {command} "$@"',
    )
    program = replace(engine.program, command=(str(picky),))
    big = Launch(tiny_model, "tiny", on_cpu(512, threads=1))
    small = replace(big, place=on_cpu(256, threads=1))
    assignment = Assignment(Engine(program, engine.flags), (big, small), (None, None), "key")
    background.spawn(assignment)
    server = background.wait_ready(lambda _: None)
    assert (server.replanned, server.context_tokens) == (True, 256)
    background.stop()
    background.spawn(replace(assignment, launches=(big,), memory=(None,)))
    with pytest.raises(ServerOutOfMemory, match="attempted to allocate 9 MB"):
        background.wait_ready(lambda _: None)


def test_it_outlives_its_client_and_its_terminal(wish: ServerWish) -> None:
    command = [sys.executable, "-P", "-c", CLIENT, str(wish.model)]
    pid = int(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    assert os.getsid(pid) == pid != os.getsid(0)
    os.kill(pid, signal.SIGHUP)
    asked(running().endpoint)
    assert running().pid == pid


def test_a_client_that_died_holds_no_lease() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as client:
        client.wait()
    folder = state.state_file().with_name("clients")
    with leases.lease():
        (folder / f"{client.pid}.0").touch()
        (folder / "nonsense").touch()
        assert leases.count() == 1
    assert leases.count() == 0
    assert list(folder.iterdir()) == []


def test_the_key_is_in_no_command_line_and_no_log(wish: ServerWish) -> None:
    server = start_background(wish)
    lines = [psutil.Process(server.pid).cmdline(), *(p.cmdline() for p in processes(server))]
    folder = state.state_file().parent
    logs = "".join(log.read_text(encoding="utf-8") for log in folder.glob("*.log*"))
    assert server.api_key not in "".join(map(str, lines)) + logs + repr(server)


def test_a_machine_whose_programs_are_others_is_left_alone(wish: ServerWish) -> None:
    """A state file of before a reboot may name pids that are other programs' now."""
    server = start_background(wish)
    background.stop()
    state.write(replace(server, pid=os.getpid(), family=((os.getpid(), server.started),)))
    assert background.status() is None
    assert start_background(wish).pid != os.getpid()
    assert programs.without_secrets().keys() <= os.environ.keys()
