import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import psutil
import pytest

from inference.endpoint import attach
from inference.errors import NoPort, ServerModelUnreadable, ServerNotReady
from inference.flags import Launch
from inference.memory import on_cpu
from inference.process import Engine, free_port, start
from inference.progress import Progress, unheard

pytestmark = pytest.mark.model

# Starts a server as the product does, then waits to be killed.
STARTER = """
import sys
from pathlib import Path
from inference.server import ServerWish, serve
with serve(ServerWish(model=sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def launch(tiny_model: Path) -> Launch:
    return Launch(tiny_model, "tiny", on_cpu(512, threads=1))


@contextmanager
def listener() -> Iterator[int]:
    """A port that another program holds."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=20)
    return not alive


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The guard and its server."""
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 2
    return children


def test_a_started_server_is_ready_and_ends_when_closed(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    heard: list[Progress] = []
    server, endpoint = start(engine, launch, tmp_path / "log", heard.append)
    processes = [psutil.Process(server.guard.pid), *psutil.Process(server.guard.pid).children()]
    try:
        assert attach(endpoint.base_url, endpoint.api_key) == endpoint
        assert (endpoint.model, endpoint.context_tokens) == ("tiny", 512)
        assert {p.stage for p in heard} <= {"loading"}
    finally:
        server.close()
    assert gone(processes)


def test_the_key_is_required_and_in_no_command_line_or_log(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    server, endpoint = start(engine, launch, tmp_path / "log", unheard)
    try:
        children = psutil.Process(server.guard.pid).children()
        url = f"{endpoint.base_url}/chat/completions"
        lines = [" ".join(p.cmdline()) for p in (psutil.Process(server.guard.pid), *children)]
        assert httpx2.post(url, json={"messages": []}).status_code == 401
        assert endpoint.api_key not in "".join(lines) + (tmp_path / "log").read_text("utf-8")
        assert endpoint.api_key not in repr(endpoint)
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    finally:
        server.close()


def test_a_model_that_cannot_be_read_is_told(engine: Engine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(64))
    launch = Launch(broken, "broken", on_cpu(512, threads=1))
    with pytest.raises(ServerModelUnreadable, match="kotae model pull broken") as caught:
        start(engine, launch, tmp_path / "log", unheard)
    assert caught.value.exit_code == 3
    assert "error loading model" in str(caught.value.slots["detail"])


# Ends without a word while its first argument does not exist, and makes it; then runs the rest.
MUTE_AT_FIRST = """
import os, sys
if not os.path.exists(sys.argv[1]):
    open(sys.argv[1], "w").close()
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_a_server_that_ends_without_a_word_is_started_once_more(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    command = (sys.executable, "-c", MUTE_AT_FIRST, str(first), *engine.program.command)
    mute = replace(engine, program=replace(engine.program, command=command))
    server, endpoint = start(mute, launch, tmp_path / "log", unheard)
    server.close()
    assert first.exists()
    assert endpoint.model == "tiny"


def test_a_port_taken_meanwhile_is_given_up_for_another(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    with listener() as taken:
        ports = iter([taken, free_port()])
        server, endpoint = start(engine, launch, tmp_path / "log", unheard, ports.__next__)
        server.close()
    assert f":{taken}/" not in endpoint.base_url


def test_a_machine_without_a_free_port_is_told(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    with listener() as taken, pytest.raises(NoPort, match=f"{taken}, {taken}, {taken}"):
        start(engine, launch, tmp_path / "log", unheard, lambda: taken)


def test_a_listener_that_raises_cancels_the_start(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    before = psutil.Process().children(recursive=True)

    def cancel(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(engine, launch, tmp_path / "log", cancel)
    assert psutil.Process().children(recursive=True) == before


def test_a_server_that_never_gets_ready_is_ended(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    before = psutil.Process().children(recursive=True)
    with pytest.raises(ServerNotReady):
        start(engine, launch, tmp_path / "log", unheard, load_seconds=0)
    assert psutil.Process().children(recursive=True) == before


@pytest.mark.parametrize("killed", ["starter", "guard"])
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_kill_leaves_no_orphan(engine: Engine, tiny_model: Path, killed: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", STARTER, str(tiny_model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "ready\n"
        guard, server = family(starter)
        victim = starter if killed == "starter" else guard
        victim.send_signal(signal.SIGKILL)
        assert gone([server])
        starter.kill()


def test_the_terminals_interrupt_does_not_reach_the_server(
    engine: Engine, launch: Launch, tmp_path: Path
) -> None:
    import os

    server, _ = start(engine, launch, tmp_path / "log", unheard)
    try:
        assert os.getsid(server.guard.pid) == server.guard.pid != os.getsid(0)
    finally:
        server.close()


def test_the_environment_of_the_server_holds_no_secret_of_ours(
    engine: Engine, launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_DATABASE_URL", "mysql://root:hunter2@host/db")
    monkeypatch.setenv("LLAMA_ARG_TOOLS", "all")
    server, _ = start(engine, launch, tmp_path / "log", unheard)
    try:
        (child,) = psutil.Process(server.guard.pid).children()
        held = json.dumps(child.environ())
    finally:
        server.close()
    assert "hunter2" not in held
    assert "LLAMA_ARG" not in held
