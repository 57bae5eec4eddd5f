import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx2
import psutil
import pytest
from mcp import Client
from starlette.types import Receive, Scope, Send

from mcp_server.errors import TokenMissing
from mcp_server.http import PATH, Door, app
from mcp_server.server import create_server
from mcp_server.settings import HttpSettings, Settings
from tests.fixtures.databases import free_port
from tests.mcp_server.test_query import ENDLESS, running, until

TOKEN = "a token that nobody guesses"


async def knocked(
    host: str = "127.0.0.1", token: str = "", hosts: tuple[str, ...] = (), **headers: str
) -> int:
    """The status of a request at the door of a server bound to `host`; 204 is inside."""

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    door = Door(inside, host, HttpSettings(token, hosts))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(door)) as client:
        answer = await client.post(f"http://127.0.0.1{PATH}", headers=headers)
    return answer.status_code


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8765", "LOCALHOST:1", "[::1]:8765"])
async def test_our_own_names_are_let_in(host: str) -> None:
    assert await knocked(Host=host) == 204
    assert await knocked(Host=host, Origin=f"http://{host}") == 204


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil@x", "[", "10.0.0.1"],
)
async def test_other_names_are_not(host: str) -> None:
    assert await knocked(Host=host) == 421
    assert await knocked(Host="localhost", Origin=f"http://{host}") == 403


@pytest.mark.parametrize("origin", ["null", "", "file://", "http://localhost@evil.example"])
async def test_an_origin_without_a_name_of_ours_is_refused(origin: str) -> None:
    assert await knocked(Origin=origin) == 403


async def test_a_token_is_asked_for_wherever_there_is_one() -> None:
    assert await knocked(token=TOKEN) == 401
    assert await knocked(token=TOKEN, Authorization="Bearer wrong") == 401
    assert await knocked(token=TOKEN, Authorization=TOKEN) == 401
    assert await knocked(token=TOKEN, Authorization=f"Bearer {TOKEN}") == 204


async def test_bound_everywhere_addresses_and_named_hosts_are_ours() -> None:
    assert await knocked("0.0.0.0", Host="192.168.1.5:8765") == 204
    assert await knocked("0.0.0.0", Host="pc.home") == 421
    assert await knocked("0.0.0.0", hosts=("pc.home",), Host="pc.home:8765") == 204


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "pc.home"])
def test_a_port_that_others_can_reach_is_not_opened_without_a_token(host: str) -> None:
    with pytest.raises(TokenMissing, match="KOTAE_MCP_TOKEN"):
        app(create_server(Settings()), host, HttpSettings())

    app(create_server(Settings()), host, HttpSettings(TOKEN))


@contextmanager
def serving(database: str, **environ: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "mcp_server", "--http", "--port", str(port)],
        env=os.environ | {"KOTAE_DATABASE_URL": database} | environ,
    )
    try:
        yield f"http://127.0.0.1:{port}{PATH}", server
    finally:
        server.terminate()
        assert server.wait(30) in {0, -signal.SIGTERM}


async def up(url: str) -> None:
    async with httpx2.AsyncClient() as client:
        with anyio.fail_after(30):
            while True:
                try:
                    await client.get(url)
                except httpx2.ConnectError:
                    await anyio.sleep(0.05)
                else:
                    return


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_both_eras_of_the_protocol_are_served(shop_file: Path, mode: str) -> None:
    with serving(f"sqlite:///{shop_file}") as (url, _):
        await up(url)
        async with Client(url, mode=mode) as client:
            listed = await client.list_tools()
            result = await client.call_tool("query", {"sql": "SELECT COUNT(*) FROM orders"})

    assert "query" in [tool.name for tool in listed.tools]
    assert result.structured_content is not None
    assert result.structured_content["rows"] == [[3]]


async def test_a_body_beyond_the_limit_is_refused(shop_file: Path) -> None:
    with serving(f"sqlite:///{shop_file}") as (url, _):
        await up(url)
        async with httpx2.AsyncClient() as client:
            answer = await client.post(url, json={"sql": "x" * 2_000_000})

    assert answer.status_code == 413


async def test_a_body_that_does_not_say_how_long_it_is_is_limited_too(shop_file: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 10_000

    with serving(f"sqlite:///{shop_file}") as (url, _):
        await up(url)
        async with httpx2.AsyncClient() as client:
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            answer = await client.post(url, content=chunks(), headers=headers)

    assert answer.status_code == 413


async def test_only_this_machine_reaches_a_server_that_was_told_no_host(shop_file: Path) -> None:
    with serving(f"sqlite:///{shop_file}") as (url, server):
        await up(url)
        listening = [
            entry.laddr.ip
            for entry in psutil.Process(server.pid).net_connections()
            if entry.status == psutil.CONN_LISTEN
        ]

    assert listening == ["127.0.0.1"]


async def test_a_client_that_hangs_up_stops_its_statement(shop: str) -> None:
    with serving(shop) as (url, _):
        await up(url)
        async with Client(url, mode="2026-07-28") as client, anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "query", {"sql": ENDLESS})
            await until(lambda: running(shop, ENDLESS) == 1)
            group.cancel_scope.cancel()
        await until(lambda: running(shop, ENDLESS) == 0)


async def test_a_server_that_is_told_to_end_stops_its_statements_first(shop: str) -> None:
    with serving(shop) as (url, server):
        await up(url)
        async with anyio.create_task_group() as group:
            group.start_soon(_abandoned_call, url)
            await until(lambda: running(shop, ENDLESS) == 1)
            server.terminate()
            await until(lambda: running(shop, ENDLESS) == 0)
            group.cancel_scope.cancel()


def call_message(sql: str) -> dict[str, Any]:
    """One request of the newest protocol, which needs nothing before it."""
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": "query",
            "arguments": {"sql": sql},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    }


async def _abandoned_call(url: str) -> None:
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "query",
    }
    async with httpx2.AsyncClient(timeout=60) as client:
        with suppress(httpx2.HTTPError):
            await client.post(url, json=call_message(ENDLESS), headers=headers)
