import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp.test_utils import TestClient, TestServer

from assistant.web.server import ChatServer

TOKEN = "secret"
COMMAND = [sys.executable, "-c", "print('no textual app')"]


@asynccontextmanager
async def serving(token: str = "") -> AsyncIterator[TestClient]:
    server = ChatServer(COMMAND, "127.0.0.1", 0, token, lambda _: None)
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
    async with serving(TOKEN) as client:
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
