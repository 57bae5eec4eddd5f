import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from inference import background, state
from inference.models import catalogue
from tests.fixtures.hub import Hub, running
from tests.fixtures.models import KOTAE, SMALL, executable


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty models folder; what runs in the background is ended with the test."""
    folder = tmp_path / "models"
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(folder))
    yield folder
    background.stop()


def kotae(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, "model", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def interrupted_at(word: str, command: list[str], **environment: str) -> int:
    """The exit code of a kotae that gets Ctrl-C when its narration holds the word."""
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any(word in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert rest.splitlines()[-1] == "kotae: interrupted"
    assert "Traceback" not in rest
    return process.returncode


@pytest.mark.parametrize(("language", "here"), [("en", "yes"), ("ja", "はい")])
def test_list_prints_every_model_and_which_are_here(models: Path, language: str, here: str) -> None:
    file = catalogue()[SMALL].files[0]
    (models / SMALL).mkdir(parents=True)
    (models / SMALL / file.name).touch()
    done = kotae("list", KOTAE_LANGUAGE=language)
    rows = {line.split()[0]: line for line in done.stdout.splitlines()[1:]}
    assert list(rows) == list(catalogue())
    assert [name for name, line in rows.items() if here in line] == [SMALL]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "line", "code"),
    [
        (["pull", "qwen2.5-coder"], "the nearest is 'qwen2.5-coder-", 2),
        (["start", SMALL], f"kotae model pull {SMALL}", 2),
        (["start"], "kotae model pull ", 2),
        (["start", "/nowhere/x.gguf"], "there is no model file /nowhere/x.gguf", 2),
        (["status"], "kotae model start", 3),
        (["stop"], "no model server is running", 0),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], line: str, code: int) -> None:
    done = kotae(*arguments)
    assert line in done.stderr
    assert (done.stderr.count("\n"), done.stdout, done.returncode) == (1, "", code)


def test_offline_a_pull_is_refused_in_the_persons_language() -> None:
    done = kotae("pull", SMALL, KOTAE_OFFLINE="1", KOTAE_LANGUAGE="ja")
    assert "KOTAE_OFFLINE が設定されています" in done.stderr
    assert done.returncode == 2


def test_an_unreachable_hub_without_another_source_is_exit_code_3() -> None:
    done = kotae("pull", "gpt-oss-20b", HF_ENDPOINT="http://127.0.0.1:1")
    assert done.stderr.splitlines()[-1].startswith("kotae: model gpt-oss-20b could not be fetched")
    assert done.returncode == 3


@pytest.mark.parametrize(
    ("command", "variable"), [("pull", "KOTAE_MODELS_DIR"), ("start", "KOTAE_STATE_DIR")]
)
def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, command: str, variable: str
) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "inside"
    done = kotae(command, SMALL, **{variable: str(folder)})
    assert done.stderr.startswith(f"kotae: kotae cannot write in {folder} (Not a directory). ")
    assert (done.stderr.count("\n"), done.returncode) == (1, 2)


@pytest.mark.model
def test_a_server_is_started_shown_and_stopped(tiny_model: Path) -> None:
    started = kotae("start", str(tiny_model))
    assert "tiny answers at http://127.0.0.1:" in started.stderr
    shown = dict(line.split("\t") for line in kotae("status").stdout.splitlines())
    assert (shown["model"], shown["context"]) == ("tiny", "512")
    assert Path(shown["key"]) == state.state_file()
    assert kotae("start", SMALL).returncode == 2
    assert "tiny was stopped" in kotae("stop").stderr
    assert kotae("status").returncode == 3
    assert not psutil.pid_exists(int(shown["pid"]))


@pytest.mark.model
def test_two_starts_at_once_give_one_server(tiny_model: Path) -> None:
    command = [*KOTAE, "model", "start", str(tiny_model)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120)[1].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    one, other = ([line for line in lines if "tiny answers at" in line] for lines in told)
    assert one == other
    assert len(one) == 1


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent")
def test_an_interrupted_start_leaves_nothing(tmp_path: Path) -> None:
    """The engine answers --help and then never gets ready."""
    flags = "--model --port --host --ctx-size LLAMA_API_KEY"
    engine = executable(
        tmp_path / "llama-server",
        f'case "$*" in *--help*) printf "%s\\n" {flags}; exit 0;; esac; exec sleep 600',
    )
    model = tmp_path / "x.gguf"
    model.write_bytes(b"GGUF")
    command = [*KOTAE, "model", "start", str(model), "--engine", str(engine)]
    assert interrupted_at("trying the engine", command) == 130
    assert [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)] == []


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent")
def test_an_interrupted_pull_keeps_what_came(models: Path) -> None:
    file = catalogue()["gpt-oss-20b"].files[0].name
    hub = Hub(files={file: bytes(1 << 20)}, stated_size=1 << 21, endless=True)
    with running(hub):
        command = [*KOTAE, "model", "pull", "gpt-oss-20b"]
        assert interrupted_at("fetching gpt-oss-20b", command, HF_ENDPOINT=hub.url) == 130
    assert (models / "gpt-oss-20b" / f"{file}.part").exists()
