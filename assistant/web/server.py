"""textual-serve behind our door, with a page that loads nothing from elsewhere."""

import errno
import shlex
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from assistant.errors import PortTaken
from assistant.locale import language, t
from assistant.web.door import COOKIE, Door

_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_REFUSALS = {"wrong host": 421, "wrong origin": 403, "no token": 401}
_SECONDS_TO_END = 5.0


class ChatServer(Server):
    """Every page starts `command`, whose screen it shows, and ends it when it is closed."""

    def __init__(
        self,
        command: Sequence[str],
        host: str,
        port: int,
        token: str,
        on_ready: Callable[[str], None],
    ) -> None:
        pages = Path(str(files(__package__)))
        super().__init__(shlex.join(command), host, port, title="kotae", templates_path=pages)
        self._door = Door(host, token)
        self._on_ready = on_ready

    def run(self) -> None:
        """Serve until Ctrl-C. Raises PortTaken."""
        try:
            web.run_app(
                self.application(),
                host=self.host,
                port=self.port,
                print=lambda *_: None,
                access_log=None,
                shutdown_timeout=_SECONDS_TO_END,
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(port=self.port) from error

    async def application(self) -> web.Application:
        """The server as an aiohttp application, door and all."""
        application = await self._make_app()
        application.middlewares.append(self._guarded)
        return application

    async def on_startup(self, app: web.Application) -> None:
        """Say where, without the token: who knows it adds it once."""
        self._on_ready(f"{self.public_url}/")

    @aiohttp_jinja2.template("page.html.j2")
    async def handle_index(self, request: web.Request) -> dict[str, Any]:
        """The page, its addresses those by which it was asked for."""
        secure = request.headers.get("X-Forwarded-Proto", request.scheme) == "https"
        return {
            "lang": language(),
            "socket": f"{'wss' if secure else 'ws'}://{request.host}/ws",
            "starting": t("chat.web_starting"),
            "ended": t("chat.web_ended"),
            "again": t("chat.web_again"),
        }

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        verdict = self._door.judge(request.headers, request.cookies, request.query)
        if verdict in _REFUSALS:
            return web.Response(status=_REFUSALS[verdict], text=f"kotae: {verdict}\n")
        if verdict == "new":
            return self._welcomed()
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _welcomed(self) -> web.Response:
        """The token goes out of the address, where a history would keep it."""
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(COOKIE, self._door.token, httponly=True, samesite="Strict")
        return response
