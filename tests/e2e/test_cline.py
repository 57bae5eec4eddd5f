"""Cline itself, without a window, with the settings that `kotae client cline` writes for it."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from inference.download import pull
from inference.models import model_named
from inference.server import ServerWish, serve
from tests.conformance.served import over_http
from tests.fixtures.models import KOTAE, MODELS
from tests.fixtures.others import needed
from tests.fixtures.scripted_model import KEY, NAME, ScriptedModel, asking_for
from tests.fixtures.waiting import ENDLESS, running, until, write_numbers
from tests.toolbox import npm_package

VERSION = "3.0.65"
TOOLS = {f"kotae__{name}" for name in ("query", "search_schema", "describe_tables", "explain")}
# Its own home, no daemon that outlives it, no update of itself.
ALONE = {"CLINE_SESSION_BACKEND_MODE": "local", "CLINE_NO_AUTO_UPDATE": "1"}
LARGER = "qwen2.5-coder-1.5b"
"""The smaller one calls tools too, but not under their names once 6,000 tokens stand before it."""
_ENDED = b'"type":"content_end"'
SETTINGS = Path(".cline/data/settings")


@pytest.fixture(scope="module")
def cline() -> Path:
    return needed(npm_package, "cline", VERSION) / "cline"


@contextmanager
def served(database: str, transport: str) -> Iterator[tuple[str, ...]]:
    """The flags of `kotae client` for a server on this database."""
    if transport == "stdio":
        yield ()
        return
    with over_http(database) as url:
        yield ("--url", url, "--http")


@pytest.mark.parametrize("transport", ["stdio", "HTTP"])
def test_cline_asks_the_database_is_refused_a_write_and_its_end_ends_the_query(
    transport: str, cline: Path, mariadb: str, scripted_model: ScriptedModel, tmp_path: Path
) -> None:
    write_numbers(mariadb)
    scripted_model.key = KEY
    scripted_model.plays(
        asking_for("kotae__query", sql="SELECT COUNT(*) AS n FROM numbers"),
        asking_for("kotae__query", sql="DELETE FROM numbers"),
        asking_for("kotae__query", sql=ENDLESS),
    )
    with served(mariadb, transport) as flags:
        prepare(tmp_path, mariadb, scripted_model.url, cline, *flags)
        with started(cline, tmp_path, "How many numbers?") as process:
            until(lambda: running(mariadb, ENDLESS) == 1, 100)
            process.send_signal(signal.SIGINT)
            until(lambda: running(mariadb, ENDLESS) == 0)
    asked, after_rows, after_refusal = scripted_model.requests
    assert {tool["function"]["name"] for tool in asked["tools"]} >= TOOLS
    assert '"rows":[[200]]' in last_result(after_rows)
    assert '"isError":true' in last_result(after_refusal)
    assert "read" in last_result(after_refusal)
    assert rows(mariadb) == 200


@pytest.mark.model
def test_cline_gets_rows_with_a_real_small_model(
    cline: Path, mariadb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_numbers(mariadb)
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(MODELS))
    pull(model_named(LARGER), MODELS)
    with serve(ServerWish(model=LARGER)) as model:
        prepare(tmp_path, mariadb, model.base_url, cline, key=model.api_key or "", name=LARGER)
        question = "Call kotae__query with sql alone: SELECT COUNT(*) AS n FROM numbers"
        with started(cline, tmp_path, question, stdout=subprocess.PIPE) as process:
            assert process.stdout
            ended = [json.loads(line)["event"] for line in process.stdout if _ENDED in line]
    outputs = [event["output"] for event in ended if event.get("toolName") == "kotae__query"]
    assert [[200]] in [output.get("structuredContent", {}).get("rows") for output in outputs], ended


def prepare(
    home: Path,
    database: str,
    model: str,
    cline: Path,
    *flags: str,
    key: str = KEY,
    name: str = NAME,
) -> None:
    """The home of a person who ran `kotae client cline --write` and entered our model."""
    (home / SETTINGS).mkdir(parents=True)
    environment = {**os.environ, "HOME": str(home), "KOTAE_DATABASE_URL": database}
    command = [*KOTAE, "client", "cline", "--write", *flags]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(home / SETTINGS / "cline_mcp_settings.json")
    form = ["auth", "openai", "-k", key, "-m", name, "-b", model]
    subprocess.run([cline, *form], env=environment | ALONE, check=True, capture_output=True)


@contextmanager
def started(
    cline: Path, home: Path, question: str, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """Cline at work on a question; it is gone after the block."""
    with subprocess.Popen(
        [cline, "--json", "-t", "900", question],
        env={**os.environ, **ALONE, "HOME": str(home)},
        cwd=home,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def last_result(request: dict[str, Any]) -> str:
    message = request["messages"][-1]
    assert message["role"] == "tool"
    return str(message["content"])


def rows(database: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT COUNT(*) FROM numbers")).scalar_one()
    engine.dispose()
    return int(count)
