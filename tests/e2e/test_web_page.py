"""llama-server's own page in a real browser, with the tools of `kotae model start --web-tools`."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from assistant.report.writers.pdf import find_browser
from inference import background
from inference.state import RunningServer
from tests.fixtures.models import KOTAE
from tests.fixtures.others import needed
from tests.toolbox import node, npm_package, with_node

TOOLS = ["query", "search_schema", "describe_tables", "explain", "status"]
OF_THE_PAGE = {"get_datetime", "get_info"}
"""What newer pages bring themselves, in the browser: the hour, and which browser it is."""
SCRIPT = Path(__file__).with_name("web_page.mjs")


@pytest.fixture
def server(tiny_model: Path, sales_sqlite: Path) -> Iterator[RunningServer]:
    """The shared model server, as a person starts it."""
    environment = {**os.environ, "KOTAE_DATABASE_URL": f"sqlite:///{sales_sqlite}"}
    command = [*KOTAE, "model", "start", str(tiny_model), "--web-tools"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    running = background.status()
    assert running is not None
    assert running.url.removesuffix("/v1") in done.stderr.split("web page with")[1]
    yield running
    background.stop()


@pytest.mark.model
def test_a_question_on_the_page_calls_our_tool_and_the_server_offers_no_other(
    server: RunningServer,
) -> None:
    url = server.url.removesuffix("/v1")
    assert httpx2.get(f"{url}/tools", trust_env=False).status_code == 401
    headers = {"Authorization": f"Bearer {server.api_key}"}
    offered = httpx2.get(f"{url}/tools", headers=headers, trust_env=False).json()
    assert [tool["tool"] for tool in offered] == [f"kotae_{name}" for name in TOOLS]
    seen = asked_on_the_page(url, server.api_key)
    assert [name for name in seen["offered"] if name not in OF_THE_PAGE] == [
        f"kotae_{name}" for name in TOOLS
    ]
    assert "prefectures\n47\n" in seen["result"]["content"]


def asked_on_the_page(url: str, key: str) -> dict[str, Any]:
    """What the page offered to its model, and the tool's result as it handed it back."""
    library = needed(npm_package, "playwright-core", "1.58.0").parent / "playwright-core"
    question, sql = "How many prefectures?", "SELECT COUNT(*) AS prefectures FROM prefectures"
    told = [question, sql, "There are 47 prefectures."]
    command = [node(), SCRIPT, library, find_browser(), url, key, *told]
    done = subprocess.run(
        command, env=with_node(), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
