import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import ByteStream
from sqlalchemy.engine import make_url

from mcp_server import aside
from mcp_server import connections as connections_module
from mcp_server.connections import Connections
from mcp_server.errors import ConnectionLost, NoConnection, UnknownConnection
from mcp_server.sessions import Session
from mcp_server.settings import ConnectionSettings, Limits, Settings, load
from tests.fixtures.databases import free_port
from tests.mcp_server.conftest import admin, tools


async def failure(database: str, **arguments: Any) -> tuple[dict[str, Any], str]:
    """The error of a call, and its sentence."""
    async with tools(database) as client:
        result = await client.call_tool("query", {"sql": "SELECT 1"} | arguments)
    assert result.is_error
    assert result.meta is not None
    return result.meta["kotae/error"], result.content[0].model_dump()["text"]


async def test_a_wrong_password_names_the_user_and_never_the_password(server_database: str) -> None:
    url = make_url(server_database).set(password="wrong-secret")
    error, text = await failure(url.render_as_string(hide_password=False))

    assert (error["code"], error["actor"]) == ("AccessDenied", "person")
    assert error["slots"]["user"] == "root"
    assert "wrong-secret" not in text + str(error)


async def test_an_unknown_database_is_named(server_database: str) -> None:
    url = make_url(server_database).set(database="nowhere")
    error, text = await failure(url.render_as_string(hide_password=False))

    assert (error["code"], error["actor"]) == ("UnknownDatabase", "person")
    assert "no database nowhere" in text


async def test_a_server_that_is_down_is_a_matter_of_time() -> None:
    port = free_port()
    error, text = await failure(f"mysql://root@127.0.0.1:{port}/shop")

    assert (error["code"], error["actor"]) == ("DatabaseDown", "time")
    assert f"127.0.0.1:{port}" in text


async def test_a_server_that_cannot_prove_who_it_is_is_not_talked_to_when_it_must(
    shop: str, tmp_path: Path
) -> None:
    config = tmp_path / "kotae.toml"
    codes = []
    for tls in ("verified", "preferred", "off"):
        config.write_text(f'[connections.x]\nurl = "{shop}"\ntls = "{tls}"\n', encoding="utf-8")
        async with tools("x", KOTAE_CONFIG=str(config)) as client:
            result = await client.call_tool("query", {"sql": "SELECT 1"})
        failed = result.is_error and result.meta
        codes.append(failed["kotae/error"]["code"] if failed else "answered")

    assert codes == ["ServerUnverified", "answered", "answered"]


async def test_a_certificate_that_is_not_there_is_reported() -> None:
    error, _ = await failure("mysql://me@db.example/x?ssl_ca=/nowhere.pem")

    assert (error["code"], error["actor"]) == ("SettingUnreadable", "person")


@pytest.mark.parametrize(
    ("url", "tls", "must"),
    [
        ("mysql://db.example/x", "", True),
        ("mysql://192.168.1.5/x", "", True),
        ("mysql://127.0.0.1/x", "", False),
        ("mysql://localhost/x", "", False),
        ("mysql://db.example/x?unix_socket=/run/x", "", False),
        ("mysql://db.example/x", "preferred", False),
        ("mysql://localhost/x", "verified", True),
    ],
)
def test_servers_beyond_this_machine_must_be_verified(url: str, tls: str, must: bool) -> None:
    connection = load(database=url, environ={}).connections["default"]

    assert replace(connection, tls=tls).must_verify is must


async def test_a_port_that_stays_silent_is_reported_long_before_the_deadline_of_the_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        error, text = await failure(f"mysql://root@127.0.0.1:{port}/shop")

    assert (error["code"], error["actor"]) == ("DatabaseDown", "time")
    assert f"127.0.0.1:{port} (nothing there speaks MySQL within 5 s)" in text


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail\r\n" * 9, b""])
async def test_something_else_on_the_port_is_reported(greeting: bytes) -> None:
    async def greet(stream: ByteStream) -> None:
        async with stream:
            await stream.send(greeting)

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, greet)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        error, _ = await failure(f"mysql://root@127.0.0.1:{port}/shop")
        group.cancel_scope.cancel()

    assert error["code"] == "DatabaseDown"


@asynccontextmanager
async def forwarded(port: int, url: str) -> AsyncIterator[None]:
    """While this is open, `port` leads to the server of `url`."""
    target = make_url(url)

    async def pump(source: ByteStream, sink: ByteStream) -> None:
        async with source, sink:
            async for chunk in source:
                await sink.send(chunk)

    async def handle(near: ByteStream) -> None:
        far = await anyio.connect_tcp(str(target.host), target.port or 3306)
        async with anyio.create_task_group() as pumps:
            pumps.start_soon(pump, near, far)
            pumps.start_soon(pump, far, near)

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=port) as listener,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, handle)
        yield
        group.cancel_scope.cancel()


async def test_a_database_that_was_down_answers_when_it_is_up_and_down_and_up_again(
    shop: str,
) -> None:
    port = free_port()
    url = make_url(shop).set(port=port).render_as_string(hide_password=False)
    codes = []
    async with tools(url) as client:
        for up in (False, True, False, True):
            async with forwarded(port, shop) if up else nullcontext():
                result = await client.call_tool("query", {"sql": "SELECT COUNT(*) FROM orders"})
            codes.append(result.meta["kotae/error"]["code"] if result.is_error else "answered")

    assert codes == ["DatabaseDown", "answered", "DatabaseDown", "answered"]


async def test_idle_connections_that_the_server_closed_are_replaced(shop: str) -> None:
    async with tools(shop) as client:
        result = await client.call_tool("query", {"sql": "SELECT CONNECTION_ID()"})
        assert result.structured_content is not None
        [[number]] = result.structured_content["rows"]
        with closing(admin(shop)) as connection, connection.cursor() as cursor:
            cursor.execute(f"KILL {number}")

        again = await client.call_tool("query", {"sql": "SELECT 1"})

    assert not again.is_error


async def test_a_missing_sqlite_file_is_reported_and_not_created(tmp_path: Path) -> None:
    file = tmp_path / "none.sqlite"
    error, _ = await failure(f"sqlite:///{file}")

    assert (error["code"], error["slots"]) == ("SqliteFileMissing", {"path": str(file)})
    assert not file.exists()


async def test_a_file_that_is_not_sqlite_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite"
    file.write_text("Dear Sir or Madam, " * 100, encoding="utf-8")
    error, _ = await failure(str(file))

    assert error["code"] == "NotSqlite"


async def test_an_unknown_connection_is_answered_with_those_that_are_known(shop_file: Path) -> None:
    error, text = await failure(str(shop_file), connection="hr")

    assert error["code"] == "UnknownConnection"
    assert "Configured connections: default" in text


def test_without_any_connection_the_next_step_is_told() -> None:
    connections = Connections(Settings())

    with pytest.raises(NoConnection, match="KOTAE_DATABASE_URL"):
        connections.get()
    with pytest.raises(UnknownConnection):
        connections.get("hr")


def test_a_connection_that_breaks_while_a_statement_runs_is_reported(shop: str) -> None:
    connections = Connections(load(database=shop, environ={}))

    def broken() -> None:
        with connections.get().session() as session:
            [(number,)] = session.stream("SELECT CONNECTION_ID()")
            with closing(admin(shop)) as other, other.cursor() as cursor:
                cursor.execute(f"KILL {number}")
            list(session.stream("SELECT 1"))

    with closing(connections), pytest.raises(ConnectionLost):
        broken()


async def test_an_idle_connection_that_broke_meanwhile_is_replaced_unnoticed(shop: str) -> None:
    def number(session: Session) -> object:
        [(own,)] = session.stream("SELECT CONNECTION_ID()", last=True)
        return own

    connections = Connections(load(database=shop, environ={}))
    with closing(connections):
        first = await connections.run(connections.get(), number, brief=True)
        with closing(admin(shop)) as other, other.cursor() as cursor:
            cursor.execute(f"KILL {first}")

        assert await connections.run(connections.get(), number, brief=True) != first


def test_behind_the_last_statement_a_session_takes_no_other(shop: str) -> None:
    connections = Connections(load(database=shop, environ={}))
    with closing(connections), connections.get().session() as session:
        assert [*session.stream("SELECT 1", last=True)] == [(1,)]
        with pytest.raises(RuntimeError, match="last statement"):
            session.stream("SELECT 2")


class Slowly:
    """A database with room for one session, which is left only when `left` is set."""

    most_sessions, steps_aside = 1, True

    def __init__(self, settings: ConnectionSettings, _: Limits) -> None:
        self.settings, self.left, self.open, self.most = settings, threading.Event(), 0, 0

    @contextmanager
    def session(self) -> Iterator[object]:
        self.open += 1
        self.most = max(self.most, self.open)
        yield object()
        aside.elsewhere(self.left.wait)
        self.open -= 1


@pytest.mark.skipif(not aside.POSSIBLE, reason="calls wait in threads here")
async def test_a_session_that_is_still_being_left_counts_though_its_answer_is_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections_module, "_database", Slowly)
    connections = Connections(load(database="mysql://a/b", environ={}))
    database: Any = connections.get()
    assert await connections.run(database, lambda _: "first", brief=True) == "first"
    assert database.open == 1
    async with anyio.create_task_group() as group:
        group.start_soon(partial(connections.run, brief=True), database, lambda _: "second")
        await anyio.wait_all_tasks_blocked()
        assert database.open == 1
        database.left.set()
    assert database.most == 1
