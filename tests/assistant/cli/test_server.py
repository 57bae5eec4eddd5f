import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli.plan import forced
from inference import background, state
from inference.errors import ServerKilled
from inference.machine import typical
from inference.plan import Wishes
from inference.planning import planned
from inference.supervisor import log_file
from tests.fixtures.hollow import GPT_OSS_120B, write_hollow
from tests.fixtures.models import KOTAE, executable
from tests.fixtures.waiting import until


@pytest.fixture(autouse=True)
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty models folder; what runs in the background is ended with the test."""
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(tmp_path / "models"))
    yield
    background.stop()


def kotae(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.model
def test_the_plan_is_told_before_the_server_starts(tiny_model: Path) -> None:
    lines = kotae("model", "start", str(tiny_model)).stderr.splitlines()
    verdict = next(n for n, line in enumerate(lines) if line.startswith("verdict: fits"))
    loading = next(n for n, line in enumerate(lines) if line.startswith("loading tiny"))
    assert verdict < loading
    assert any(line.startswith("tiny answers at") for line in lines[loading:])


@pytest.mark.model
@pytest.mark.parametrize(
    ("language", "verdict", "error"),
    [
        ("en", "verdict: does not fit", "MiB are missing"),
        ("ja", "判定: 収まりません", "足りません"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_arithmetic_and_ways_out(
    tmp_path: Path, language: str, verdict: str, error: str
) -> None:
    huge = write_hollow(tmp_path / "huge.gguf", GPT_OSS_120B)
    done = kotae("model", "start", str(huge), KOTAE_LANGUAGE=language)
    lines = done.stderr.splitlines()
    assert any(line.startswith(verdict) for line in lines)
    assert any("gpt-oss-20b" in line for line in lines)
    assert error in lines[-1]
    assert "--force" in lines[-1]
    assert (done.returncode, done.stdout) == (2, "")


def test_force_says_what_will_happen(tmp_path: Path) -> None:
    huge = write_hollow(tmp_path / "huge.gguf", GPT_OSS_120B)
    small = planned(str(huge), tmp_path, typical(24), Wishes())
    assert list(forced(small)) == [
        "--force: what is missing is read from the disk for every token, about "
        "0.4 tokens/s; other programs become slow"
    ]
    assert list(forced(planned(str(huge), tmp_path, typical(96), Wishes()))) == []


@pytest.mark.model
def test_a_server_for_the_network_tells_its_address_and_its_key_and_cline_where_it_is(
    tiny_model: Path,
) -> None:
    done = kotae("model", "start", str(tiny_model), "--lan")
    server = background.status()
    assert server is not None
    told = done.stderr.splitlines()[-1]
    assert f"{server.lan_url}/v1 (API)" in told
    assert told.endswith(f"Key: {server.api_key}")
    form = kotae("client", "cline").stderr
    assert all(fact in form for fact in (server.url, "tiny", str(state.state_file())))
    assert server.api_key not in form


@pytest.mark.model
def test_logs_are_shown_and_followed_over_a_restart(tiny_model: Path) -> None:
    kotae("model", "start", str(tiny_model))
    shown = kotae("model", "logs", "-n", "2").stdout
    assert shown.count("\n") == 2
    with subprocess.Popen(
        [*KOTAE, "model", "logs", "-f", "-n", "1"], stdout=subprocess.PIPE, text=True
    ) as following:
        assert following.stdout is not None
        following.stdout.readline()
        restarted = threading.Thread(target=kotae, args=("model", "restart"))
        restarted.start()
        assert any("model loaded" in line for line in following.stdout)
        restarted.join()
        following.terminate()


def test_without_a_log_or_a_server_the_way_to_one_is_told() -> None:
    for command in ("logs", "restart"):
        done = kotae("model", command)
        assert "kotae model start" in done.stderr
        assert done.returncode == 3
    assert not log_file().exists()


@pytest.mark.model
def test_status_tells_why_the_last_server_ended(tiny_model: Path) -> None:
    kotae("model", "start", str(tiny_model))
    server = background.status()
    assert server is not None
    background.stop()
    ended = state.failure_of(ServerKilled(model="tiny"))
    state.write(replace(server, phase="failed", failure=ended))
    done = kotae("model", "status", KOTAE_LANGUAGE="ja")
    assert "外から止められました" in done.stderr
    assert done.returncode == 3


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="a signal is sent")
def test_a_server_kept_from_this_terminal_ends_with_its_command(tiny_model: Path) -> None:
    with subprocess.Popen([*KOTAE, "model", "run", str(tiny_model)]) as process:
        until(lambda: (found := background.status()) is not None and found.phase == "ready")
        server = background.status()
        assert server is not None
        assert server.pid == process.pid
        process.terminate()
        assert process.wait(30) == 0
    assert background.status() is None
    assert not state.state_file().exists()


def test_the_unit_of_the_service_holds_the_folders_and_no_secret(tmp_path: Path) -> None:
    done = kotae("model", "service", "gpt-oss-20b", "--lan", KOTAE_API_KEY="hunter2")
    lines = done.stdout.splitlines()
    command = next(line for line in lines if line.startswith("ExecStart="))
    assert command.endswith("model run gpt-oss-20b --lan")
    assert f'Environment="KOTAE_MODELS_DIR={tmp_path / "models"}"' in lines
    assert "hunter2" not in done.stdout
    installed = kotae("model", "service", "--install")
    unit = tmp_path / "config" / "systemd" / "user" / "kotae-model.service"
    assert str(unit) in installed.stderr
    assert unit.read_text(encoding="utf-8").startswith("[Unit]")


@pytest.mark.model
def test_engines_are_listed_and_tried(tmp_path: Path) -> None:
    broken = executable(tmp_path / "llama-server", "echo hello")
    done = kotae("engine", "test", str(broken))
    assert done.stdout == f"{broken}\tits --help is not llama-server's\n"
    assert done.returncode == 3
    assert "not tried yet" in kotae("engine", "list").stdout
    assert kotae("engine", "test").returncode == 0
    assert "works" in kotae("engine", "list").stdout


def test_where_no_engine_can_be_fetched_another_way_is_told() -> None:
    done = kotae("engine", "install", KOTAE_OFFLINE="1")
    assert "Install it with: " in done.stderr
    assert (done.stderr.count("\n"), done.returncode) == (1, 3)
