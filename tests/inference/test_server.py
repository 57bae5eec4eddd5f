import os
import threading
from pathlib import Path

import httpx2
import psutil
import pytest

from inference import background
from inference.endpoint import Endpoint, attach
from inference.errors import (
    AnotherModelRuns,
    EndpointUnreachable,
    ModelFileTruncated,
    ModelNotInstalled,
    ModelTooLarge,
    ServerDied,
)
from inference.hardware import total_memory
from inference.models import catalogue
from inference.places import state_folder
from inference.server import ServerWish, connect, serve, start_background
from tests.fixtures.models import SMALL

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder."""
    folder = tmp_path / "models"
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(folder))
    return folder


@pytest.fixture
def stopped():
    """Whatever runs in the background is ended with the test."""
    yield
    background.stop()


def ask(endpoint: Endpoint, question: str, **extra: object) -> dict:
    reply = httpx2.post(
        f"{endpoint.base_url}/chat/completions",
        json={"messages": [{"role": "user", "content": question}], "max_tokens": 40, **extra},
        headers={"Authorization": f"Bearer {endpoint.api_key}"},
        timeout=120,
    )
    return reply.raise_for_status().json()


@pytest.mark.model
def test_the_small_model_answers_in_a_schema_and_keeps_its_prompt(model_server: Endpoint) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    question = "What is the capital of Japan? Answer as JSON."
    first = ask(model_server, question, response_format=form, temperature=0)
    again = ask(model_server, question, response_format=form, temperature=0)
    assert "Tokyo" in first["choices"][0]["message"]["content"]
    assert again["usage"]["prompt_tokens_details"]["cached_tokens"] > 20
    assert again["timings"]["predicted_per_second"] > 0
    assert (model_server.model, model_server.context_tokens) == (SMALL, 8192)


@pytest.mark.model
def test_a_server_lives_as_long_as_its_block_and_leaves_no_log(tiny_model: Path) -> None:
    with serve(ServerWish(model=str(tiny_model))) as endpoint:
        assert attach(endpoint.base_url, endpoint.api_key) == endpoint
    with pytest.raises(EndpointUnreachable):
        attach(endpoint.base_url, endpoint.api_key)
    assert list(state_folder().glob("server-*.log")) == []


@pytest.mark.model
def test_a_server_can_be_had_from_a_worker_thread(tiny_model: Path) -> None:
    found: list[Endpoint] = []

    def work() -> None:
        with connect(ServerWish(model=str(tiny_model))) as endpoint:
            found.append(attach(endpoint.base_url, endpoint.api_key))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert found[0].model == "tiny"


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_the_background_server_is_found_again_and_stopped(tiny_model: Path) -> None:
    wish = ServerWish(model=str(tiny_model))
    server = start_background(wish)
    assert background.status() == server
    assert background.state_file().stat().st_mode & 0o777 == 0o600
    relative = os.path.relpath(tiny_model)
    for same in (wish, ServerWish(model="tiny"), ServerWish(model=relative), ServerWish()):
        with connect(same) as endpoint:
            assert endpoint == server.endpoint
    guard = psutil.Process(server.pid)
    assert background.stop() == server
    assert not guard.is_running() or guard.status() == psutil.STATUS_ZOMBIE
    assert background.status() is background.stop() is None
    with pytest.raises(EndpointUnreachable):
        attach(server.url, server.api_key)


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_another_model_is_not_started_beside_the_background_server(tiny_model: Path) -> None:
    start_background(ServerWish(model=str(tiny_model)))
    with pytest.raises(AnotherModelRuns, match="kotae model stop"):
        start_background(ServerWish(model=SMALL))


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_a_server_that_was_killed_is_not_taken_for_running(tiny_model: Path) -> None:
    server = start_background(ServerWish(model=str(tiny_model)))
    guard = psutil.Process(server.pid)
    (child,) = guard.children()
    child.kill()
    psutil.wait_procs([guard], timeout=20)
    assert background.status() is None
    assert start_background(ServerWish(model=str(tiny_model))).pid != server.pid


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x"}'])
def test_a_damaged_state_file_means_that_nothing_runs(text: str) -> None:
    background.state_file().write_text(text, encoding="utf-8")
    assert background.status() is None


def test_a_given_endpoint_is_attached_to_and_nothing_is_started() -> None:
    with pytest.raises(EndpointUnreachable), connect(ServerWish(endpoint="127.0.0.1:1")):
        pass


def test_a_model_is_never_fetched_by_starting_it(models: Path) -> None:
    with (
        pytest.raises(ModelNotInstalled, match=f"kotae model pull {SMALL}"),
        connect(ServerWish(model=SMALL)),
    ):
        pass
    assert not models.exists()


def test_a_truncated_model_is_told_before_a_server_is_started(models: Path) -> None:
    path = models / SMALL / catalogue()[SMALL].files[0].name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF")
    with pytest.raises(ModelFileTruncated, match=f"kotae model pull {SMALL}"):
        start_background(ServerWish(model=SMALL))


@pytest.mark.model
def test_a_model_larger_than_all_memory_is_refused_unless_forced(tmp_path: Path) -> None:
    huge = tmp_path / "huge.gguf"
    with huge.open("wb") as file:
        file.write(b"GGUF")
        file.truncate(2 * total_memory())
    with pytest.raises(ModelTooLarge, match="--force"):
        start_background(ServerWish(model=str(huge)))
    with pytest.raises(ServerDied):
        start_background(ServerWish(model=str(huge), force=True))
