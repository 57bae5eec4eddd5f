"""Servers that die and networks that stay silent: no hang, no leftovers, clear errors."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest
from anyio import to_thread
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult
from sqlalchemy.engine import make_url

from mcp_server.mysql import MySqlDatabase
from tests.fixtures.databases import free_port, running_mariadb
from tests.fixtures.mysql_proxy import way_to
from tests.mcp_server.conftest import admin, execute, tools
from tests.mcp_server.test_http import call_message, serving, up
from tests.mcp_server.test_query import ENDLESS, running, until

MOST = MySqlDatabase.most_sessions


def code(result: CallToolResult) -> str:
    return result.meta["kotae/error"]["code"] if result.is_error and result.meta else "answered"


async def ask(client: Client, sql: str = "SELECT COUNT(*) FROM orders") -> str:
    """What became of a call: "answered" or the code of its error."""
    return code(await client.call_tool("query", {"sql": sql}))


def threads(url: str) -> int:
    """How many connections to the database of `url` the server holds, but for this look."""
    parts = make_url(url)
    beside = parts.set(database="").render_as_string(False)
    with closing(admin(beside)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW PROCESSLIST")
        return sum(row[3] == parts.database for row in cursor.fetchall())


@contextmanager
def over_stdio(database: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server as a program; its client is this test, which has asked ENDLESS."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "mcp_server"],
        env=os.environ | {"KOTAE_DATABASE_URL": database} | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as server:
        assert server.stdin is not None
        server.stdin.write(json.dumps(call_message(ENDLESS)).encode() + b"\n")
        server.stdin.flush()
        try:
            yield server
        finally:
            server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_is_ended_ends_its_statements_first(shop: str, number: int) -> None:
    with over_stdio(shop, KOTAE_LIMIT_SECONDS="300") as server:
        await until(lambda: running(shop, ENDLESS) == 1)
        server.send_signal(number)
        await until(lambda: running(shop, ENDLESS) == 0)
        assert await to_thread.run_sync(server.wait, 30) == -number


async def test_a_client_that_closes_the_pipe_ends_the_statements(shop: str) -> None:
    with over_stdio(shop, KOTAE_LIMIT_SECONDS="300") as server:
        await until(lambda: running(shop, ENDLESS) == 1)
        assert server.stdin is not None
        server.stdin.close()
        await until(lambda: running(shop, ENDLESS) == 0)


async def test_a_killed_server_leaves_its_statement_to_the_limit_of_the_database(
    shop: str,
) -> None:
    with over_stdio(shop, KOTAE_LIMIT_SECONDS="2") as server:
        await until(lambda: running(shop, ENDLESS) == 1)
        server.kill()
        await until(lambda: running(shop, ENDLESS) == 0)
        await until(lambda: threads(shop) == 0)


async def test_a_database_killed_while_it_works_is_reported_and_used_when_it_is_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home, port = tmp_path_factory.mktemp("killed"), free_port()
    url = f"mysql+pymysql://root@127.0.0.1:{port}/shop"
    async with AsyncExitStack() as stack:
        answers: list[str] = []

        async def asking(sql: str) -> None:
            answers.append(await ask(client, sql))

        with running_mariadb(home, port) as server:
            execute(f"mysql://root@127.0.0.1:{port}/", "CREATE DATABASE shop")
            client = await stack.enter_async_context(tools(url))
            async with anyio.create_task_group() as group:
                group.start_soon(asking, ENDLESS)
                await until(lambda: running(url, ENDLESS) == 1)
                server.kill()
        assert answers == ["ConnectionLost"]
        assert await ask(client, "SELECT 1") == "DatabaseDown"

        with running_mariadb(home, port):
            async with anyio.create_task_group() as group:
                for number in range(MOST):
                    group.start_soon(asking, f"SELECT {number}")
        assert answers[1:] == ["answered"] * MOST


async def test_a_network_cut_while_statements_run_is_an_error_in_time_and_then_over(
    shop: str,
) -> None:
    with way_to(shop) as way:
        async with tools(way.url, KOTAE_LIMIT_SECONDS="2") as client:
            answers: list[str] = []

            async def asking() -> None:
                answers.append(await ask(client, ENDLESS))

            async with anyio.create_task_group() as group:
                for _ in range(MOST):
                    group.start_soon(asking)
                await until(lambda: running(shop, ENDLESS) == MOST)
                way.cut()
            assert answers == ["QueryTimedOut"] * MOST

            way.mend()
            assert await ask(client) == "answered"
            await until(lambda: running(shop, ENDLESS) == 0)
    await until(lambda: threads(shop) == 0)


async def test_a_line_on_which_nothing_can_be_ended_is_let_go_of(shop: str) -> None:
    with way_to(shop) as way:
        async with tools(way.url, KOTAE_LIMIT_SECONDS="300") as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "query", {"sql": ENDLESS})
                await until(lambda: running(shop, ENDLESS) == 1)
                way.cut()
                group.cancel_scope.cancel()
            await until(lambda: lines_to(way.port) == 0)
    end(shop, ENDLESS)


def lines_to(port: int) -> int:
    """How many connections to `port` this process holds."""
    lines = psutil.Process().net_connections()
    return sum(bool(line.raddr) and line.raddr.port == port for line in lines)


def end(url: str, sql: str) -> None:
    """What a server goes on with when its client has vanished."""
    with closing(admin(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW FULL PROCESSLIST")
        for row in cursor.fetchall():
            if row[7] == sql:
                cursor.execute(f"KILL {row[0]}")


async def test_a_network_cut_between_statements_is_noticed_long_before_the_deadline(
    shop: str,
) -> None:
    with way_to(shop) as way:
        async with tools(way.url, KOTAE_LIMIT_SECONDS="60") as client:
            assert await ask(client) == "answered"
            way.cut()
            with anyio.fail_after(30):
                assert await ask(client) == "DatabaseDown"
            way.mend()
            assert await ask(client) == "answered"


async def test_while_nobody_answers_one_asks_again_for_all() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        async with tools(f"mysql://root@127.0.0.1:{port}/shop") as client:
            found = [await ask(client, "SELECT 1")]

            async def asking() -> None:
                found.append(await ask(client, "SELECT 1"))

            async with anyio.create_task_group() as group:
                for _ in range(MOST):
                    group.start_soon(asking)
        assert found == ["DatabaseDown"] * (1 + MOST)
        assert waiting(listener) == 2


def waiting(listener: socket.socket) -> int:
    """How many have knocked."""
    listener.setblocking(False)
    count = 0
    try:
        while True:
            listener.accept()[0].close()
            count += 1
    except BlockingIOError:
        return count


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_a_cancelled_call_is_gone_from_the_process_list(
    shop: str, transport: str, mode: str
) -> None:
    async with AsyncExitStack() as stack:
        where: Any = StdioServerParameters(
            command=sys.executable,
            args=["-P", "-m", "mcp_server"],
            env={"KOTAE_DATABASE_URL": shop},
            cwd=Path.cwd(),
        )
        if transport == "http":
            where, _ = stack.enter_context(serving(shop))
            await up(where)
        client = await stack.enter_async_context(Client(where, mode=mode))
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "query", {"sql": ENDLESS})
            await until(lambda: running(shop, ENDLESS) == 1)
            group.cancel_scope.cancel()
        await until(lambda: running(shop, ENDLESS) == 0)

        assert await ask(client) == "answered"
