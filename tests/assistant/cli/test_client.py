import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.client import TOOL_SERVER
from assistant.cli.main import app
from assistant.clients.entries import CLIENTS, TOOLS
from mcp_server.server import create_server
from mcp_server.settings import Settings
from tests.fixtures.scripted_model import NAME, ScriptedModel

EXAMPLES = Path(__file__).parents[3] / "examples" / "clients"
SECRET = "p4ss-w0rd"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A kotae.toml in the working folder."""
    path = tmp_path / "kotae.toml"
    path.write_text('[database]\nurl = "mysql://reader@127.0.0.1/shop"\n', encoding="utf-8")
    return path


def client(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["client", *arguments], env=environment)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_the_examples_are_what_the_command_prints(file: Path, settings: Path) -> None:
    name = file.stem.removesuffix("-http")
    done = client(name, *(["--http"] if name != file.stem else []))
    here = {sys.executable: "/home/you/kotae/.venv/bin/python", str(settings.parent): "/home/you"}
    told = done.stdout
    for mine, yours in here.items():
        told = told.replace(mine, yours)
    assert told == file.read_text(encoding="utf-8")


def test_every_client_has_its_examples() -> None:
    names = {file.stem for file in EXAMPLES.glob("*.json")}
    assert names == {*CLIENTS, *(f"{name}-http" for name in CLIENTS if name != "llama-web")}


async def test_cline_need_not_ask_for_the_tools_that_there_are() -> None:
    assert tuple(tool.name for tool in await create_server(Settings()).list_tools()) == TOOLS


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("how", ["url", "variable", "token"])
def test_no_secret_is_written_or_told(name: str, how: str, settings: Path) -> None:
    match how:
        case "url":
            given = {"KOTAE_DATABASE_URL": f"mysql://reader:{SECRET}@db/shop"}
        case "variable":
            given = {"KOTAE_DATABASE_PASSWORD": SECRET}
        case _:
            given = {"KOTAE_MCP_TOKEN": SECRET}
    served = how == "token" and name != "llama-web"
    done = client(name, *(["--http"] if served else []), **given)
    assert done.exit_code == 0
    assert SECRET not in done.stdout + done.stderr
    variable = "KOTAE_MCP_TOKEN" if served else "KOTAE_DATABASE_PASSWORD"
    told = variable in done.stdout + done.stderr
    assert told == (served or (how != "token" and name != "zed"))


def test_writing_names_the_file_and_leaves_other_servers_alone(
    settings: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {"other": {"url": "u"}}}', encoding="utf-8")
    done = client("cursor", "--path", str(path))
    assert done.stdout == f"{path}\n"
    servers = json.loads(path.read_text("utf-8"))["mcpServers"]
    assert servers["other"] == {"url": "u"}
    assert servers["kotae"]["env"] == {"KOTAE_CONFIG": str(settings)}
    assert "before-kotae" in done.stderr.replace("\n", "")


def test_the_entry_starts_from_any_folder(settings: Path, tmp_path: Path) -> None:
    entry = json.loads(client("claude").stdout)["mcpServers"]["kotae"]
    done = subprocess.run(
        [entry["command"], *entry["args"]],
        input=b"",
        cwd="/",
        env={"PATH": os.environ["PATH"], **entry["env"]},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    assert [entry["command"], *entry["args"]] == list(TOOL_SERVER)


def test_cline_is_told_the_model_of_the_endpoint(scripted_model: ScriptedModel) -> None:
    scripted_model.key = SECRET
    given = {"KOTAE_ENDPOINT": scripted_model.url, "KOTAE_API_KEY": SECRET}
    told = client("cline", **given).stderr
    for fact in (scripted_model.url, NAME, "4096", "KOTAE_API_KEY"):
        assert re.search(rf"\s{re.escape(fact)}\b", told), fact
    assert SECRET not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["llama-web", "--http"], "leave --http and --url out"),
        (["llama-web", "--write"], "--path FILE"),
        (["emacs"], "emacs"),
        (["cursor", "--url", "localhost:8765"], "http://127.0.0.1:8765/mcp"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: list[str], told: str) -> None:
    done = client(*arguments)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())
    assert done.stdout == ""
