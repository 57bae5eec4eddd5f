import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import WSMsgType
from aiohttp.client import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer

from assistant.web.server import ChatServer

TOKEN = "secret"
COMMAND = [sys.executable, "-c", "print('no textual app')"]


@asynccontextmanager
async def serving(*, token: str = "", command: list[str] = COMMAND) -> AsyncIterator[TestClient]:
    server = ChatServer(command, "127.0.0.1", 0, token, lambda _: None)
    async with TestClient(TestServer(await server.application())) as client:
        yield client


async def test_the_page_takes_everything_from_its_own_address() -> None:
    async with serving() as client:
        page = await client.get("/")
        text = await page.text()
        assert f"ws://{client.host}:{client.port}/ws" in text
        assert "https://" not in text
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert (await client.get("/static/js/textual.js")).status == 200


async def test_the_token_is_given_once_and_kept_as_a_cookie() -> None:
    async with serving(token=TOKEN) as client:
        for path in ("/", "/ws", "/static/js/textual.js"):
            assert (await client.get(path)).status == 401
        first = await client.get(f"/?token={TOKEN}", allow_redirects=False)
        assert (first.status, first.headers["Location"]) == (303, "/")
        assert "HttpOnly" in first.headers["Set-Cookie"]
        assert (await client.get("/")).status == 200


async def test_a_socket_of_another_page_is_refused() -> None:
    async with serving() as client:
        answer = await client.get("/ws", headers={"Origin": "http://localhost:9"})
        assert answer.status == 403


async def test_a_socket_gets_the_screen_of_a_chat_of_its_own_and_takes_what_is_typed() -> None:
    command = [sys.executable, "-m", "tests.e2e.scripted_chat"]
    root = Path(__file__).parents[3]
    async with serving(command=["env", "-C", str(root), *command]) as client:
        async with client.ws_connect("/ws?width=80&height=24") as socket:
            await until(socket, "gpt-oss-20b", "ready")
            await socket.send_json(["stdin", "first\r"])
            await until(socket, "SELECT stuck")
            await socket.send_json(["stdin", "\x1b"])
            await until(socket, "Cancelled.")
            await socket.send_json(["stdin", "東京都の売上は？\r"])
            await until(socket, "東京都が最多です。", "12,345")


async def until(socket: ClientWebSocketResponse, *texts: str) -> None:
    """Read the screen until all of these came."""
    seen = ""
    while not all(text in seen for text in texts):
        message = await socket.receive(timeout=20)
        assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), seen
        data = message.data
        seen += data.decode("utf-8", "replace") if isinstance(data, bytes) else data
