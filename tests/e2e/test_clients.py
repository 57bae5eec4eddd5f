"""Clients of others with what `kotae client` gives them: the inspector, and the SDK for Python."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.conformance.inspector import VERSION
from tests.conformance.served import over_http
from tests.fixtures.models import KOTAE
from tests.fixtures.others import needed
from tests.toolbox import npm_package, with_node

QUESTION = "SELECT COUNT(*) AS prefectures FROM prefectures"


def printed(client: str, database: str, *flags: str) -> dict[str, dict[str, dict[str, Any]]]:
    """What `kotae client` prints."""
    environment = {**os.environ, "KOTAE_DATABASE_URL": database}
    command = [*KOTAE, "client", client, *flags]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("transport", ["stdio", "HTTP"])
def test_the_inspector_reads_over(transport: str, sales_mariadb: str, tmp_path: Path) -> None:
    program = needed(npm_package, "@modelcontextprotocol/inspector", VERSION) / "mcp-inspector"
    with over_http(sales_mariadb) as url:
        flags = ("--http", "--url", url) if transport == "HTTP" else ()
        config = tmp_path / "mcp.json"
        servers = printed("vscode", sales_mariadb, *flags)["servers"]
        config.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
        call = ("--method", "tools/call", "--tool-name", "query", "--tool-arg", f"sql={QUESTION}")
        command = [program, "--cli", "--config", config, "--server", "kotae", "--format", "json"]
        done = subprocess.run(
            [*command, *call], env=with_node(), capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"]["structuredContent"]["rows"] == [[47]]


async def test_the_python_sdk_reads_over_stdio_and_http(sales_mariadb: str) -> None:
    started = printed("cursor", sales_mariadb)["mcpServers"]["kotae"]
    with over_http(sales_mariadb) as url:
        served = printed("cursor", sales_mariadb, "--http", "--url", url)["mcpServers"]["kotae"]
        for server in (StdioServerParameters.model_validate(started), str(served["url"])):
            async with Client(server) as client:
                result = await client.call_tool("query", {"sql": QUESTION})
                assert result.structured_content["rows"] == [[47]]
