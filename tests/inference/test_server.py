import os
import threading
from pathlib import Path

import httpx2
import psutil
import pytest

from inference import background, leases, state
from inference.endpoint import Endpoint, attach, slots
from inference.errors import (
    AnotherModelRuns,
    EndpointUnreachable,
    ModelDoesNotFit,
    ModelFileTruncated,
    ModelNotInstalled,
    RunsWithoutTools,
    ServerModelUnreadable,
)
from inference.models import catalogue
from inference.places import state_folder
from inference.server import ServerWish, connect, restart, serve, start_background
from tests.fixtures.hollow import GPT_OSS_120B, write_hollow
from tests.fixtures.models import SMALL
from tests.fixtures.waiting import until

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
    assert (model_server.model, model_server.context_tokens) == (SMALL, 32_768)


@pytest.mark.model
def test_a_server_lives_as_long_as_its_block_and_leaves_no_log(tiny_model: Path) -> None:
    with serve(ServerWish(model=str(tiny_model))) as endpoint:
        assert attach(endpoint.base_url, endpoint.api_key) == endpoint
    with pytest.raises(EndpointUnreachable):
        attach(endpoint.base_url, endpoint.api_key)
    assert list(state_folder().glob("server-*.log")) == []


@pytest.mark.model
def test_a_server_has_the_slots_that_were_asked_for_each_with_its_context(tiny_model: Path) -> None:
    with serve(ServerWish(model=str(tiny_model), context_tokens=256, slots=2)) as endpoint:
        assert slots(endpoint) == 2
        assert endpoint.context_tokens == 256


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
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
    assert state.state_file().stat().st_mode & 0o777 == 0o600
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
    with pytest.raises(RunsWithoutTools):
        start_background(ServerWish(mcp_servers=Path("tools.json")))


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_a_server_started_on_demand_gives_way_once_nobody_uses_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(tiny_model.read_bytes())
    with connect(ServerWish(model=str(tiny_model))) as first:
        with pytest.raises(AnotherModelRuns), connect(ServerWish(model=str(other))):
            pass
        assert attach(first.base_url, first.api_key) == first
    with connect(ServerWish(model=str(other))) as second:
        assert second.model == "other"


@pytest.mark.model
def test_a_server_started_on_demand_stays_warm_and_ends_when_idle(tiny_model: Path) -> None:
    wish = ServerWish(model=str(tiny_model), idle_minutes=0)
    with connect(wish) as endpoint:
        warm = background.status()
        assert warm is not None
        with connect(wish) as again:
            assert again == endpoint
    until(lambda: background.status() is None)
    assert not state.state_file().exists()
    assert leases.count() == 0


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_a_kept_server_stays_without_clients(tiny_model: Path) -> None:
    wish = ServerWish(model=str(tiny_model), idle_minutes=0)
    server = start_background(wish)
    supervisor = psutil.Process(server.pid)
    before = supervisor.num_ctx_switches().voluntary
    # It wakes ten times a second and looks at the slots at every fifth time.
    until(lambda: supervisor.num_ctx_switches().voluntary > before + 20)
    assert background.status() == server


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_a_restarted_server_answers_where_its_clients_know_it(tiny_model: Path) -> None:
    wish = ServerWish(model=str(tiny_model), context_tokens=256, slots=2)
    first = start_background(wish)
    again = restart()
    assert again is not None
    assert again.pid != first.pid
    assert again.endpoint == first.endpoint
    assert again.wish["slots"] == 2
    assert leases.kept()


def test_without_a_server_of_before_nothing_is_restarted() -> None:
    assert restart() is None


@pytest.mark.model
@pytest.mark.usefixtures("stopped")
def test_the_network_is_served_only_with_the_key(tiny_model: Path) -> None:
    server = start_background(ServerWish(model=str(tiny_model), lan=True))
    children = (psutil.Process(pid) for pid, _ in server.family)
    sockets = [c for child in children for c in child.net_connections("tcp")]
    assert {c.laddr.ip for c in sockets if c.status == psutil.CONN_LISTEN} == {"0.0.0.0"}
    port = server.lan_url.rpartition(":")[2]
    page = httpx2.get(f"http://127.0.0.1:{port}/")
    assert page.headers["content-type"].startswith("text/html")
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    assert httpx2.post(url, json={"messages": []}).status_code == 401


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x"}'])
def test_a_damaged_state_file_means_that_nothing_runs(text: str) -> None:
    state.state_file().write_text(text, encoding="utf-8")
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
def test_a_model_that_does_not_fit_is_refused_with_the_arithmetic(tmp_path: Path) -> None:
    huge = write_hollow(tmp_path / "huge.gguf", GPT_OSS_120B)
    plans: list[str] = []
    wish = ServerWish(model=str(huge), context_tokens=131_072)
    with pytest.raises(ModelDoesNotFit, match=r"MiB are missing.*--force"):
        start_background(wish, on_plan=lambda made: plans.append(made.plan.verdict))
    assert plans == ["does not fit"]
    assert background.status() is None


@pytest.mark.model
def test_a_start_that_fails_says_why_and_leaves_nothing(tiny_model: Path, tmp_path: Path) -> None:
    """The header is whole and names a tensor that llama-server does not find in it."""
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(tiny_model.read_bytes().replace(b"blk.1.ffn_up", b"blk.1.ffn_xx"))
    with pytest.raises(ServerModelUnreadable, match=r"blk\.1\.ffn_up"):
        start_background(ServerWish(model=str(broken)))
    assert background.status() is None
    assert leases.count() == 0
    failed = state.read()
    assert failed is not None
    assert isinstance(failed.error(), ServerModelUnreadable)
