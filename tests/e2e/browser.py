"""A real browser without a window, driven by its own protocol."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from aiohttp import ClientSession, ClientWebSocketResponse

SECONDS = 30


class Page:
    """One page; `received` is what its web sockets have got so far, as text."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket, self._calls = socket, 0
        self.received = ""

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its result."""
        self._calls += 1
        number = self._calls
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while (message := await self._next()).get("id") != number:
            pass
        assert "error" not in message, message
        result: dict[str, Any] = message["result"]
        return result

    async def value(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        done = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return done["result"].get("value")

    async def receives(self, *texts: str) -> None:
        """Wait until the page was sent all of these."""
        with anyio.fail_after(SECONDS):
            while not all(text in self.received for text in texts):
                await self._next()

    async def type(self, text: str) -> None:
        """As an input method commits it; then Enter."""
        await self.call("Input.insertText", text=text)
        await self.press("Enter", 13, "\r")

    async def press(self, key: str, code: int, text: str = "") -> None:
        """One key, down and up."""
        facts = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **facts)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    async def _next(self) -> dict[str, Any]:
        with anyio.fail_after(SECONDS):
            message: dict[str, Any] = await self._socket.receive_json()
        if message.get("method") == "Network.webSocketFrameReceived":
            frame = message["params"]["response"]
            binary = frame["opcode"] == 2
            data = frame["payloadData"]
            self.received += base64.b64decode(data).decode("utf-8", "replace") if binary else data
        return message


@asynccontextmanager
async def opened(browser: str, folder: Path, url: str) -> AsyncIterator[Page]:
    """The page at this address."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    flags = ["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    profile = folder / "profile"
    command = [browser, *root, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    async with await anyio.open_process([*command, "about:blank"]) as program:
        try:
            port = await _port(profile / "DevToolsActivePort")
            async with ClientSession(f"http://127.0.0.1:{port}") as session:
                [target] = [t for t in await _json(session, "/json") if t["type"] == "page"]
                async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as at:
                    page = Page(at)
                    await page.call("Network.enable")
                    await page.call("Page.enable")
                    await page.call("Page.navigate", url=url)
                    yield page
                    await page.call("Browser.close")
        finally:
            with anyio.move_on_after(SECONDS):
                await program.wait()


async def _port(file: Path) -> int:
    """The browser writes it down when it listens; it is another process, so look often."""
    with anyio.fail_after(SECONDS):
        while not (file.exists() and file.read_text("utf-8").count("\n")):
            await anyio.sleep(0.05)
    return int(file.read_text("utf-8").splitlines()[0])


async def _json(session: ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        return await answer.json()
