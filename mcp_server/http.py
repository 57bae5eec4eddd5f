"""The tools over streamable HTTP: loopback unless a token guards the door.

A web page may make its visitor's browser call a server on this machine (DNS rebinding). So the
Host must be one of our names, the Origin of a browser too, and a bearer token is needed as soon
as another machine can reach the port.
"""

import hmac
import ipaddress
from urllib.parse import urlsplit

import uvicorn
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.errors import TokenMissing
from mcp_server.settings import HttpSettings

PATH = "/mcp"
_MOST_BODY = 1_000_000
_SHUTDOWN_SECONDS = 5
_OURSELVES = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})


class Door:
    """Lets a request through to `app` when its Host, Origin and token are right."""

    def __init__(self, app: ASGIApp, host: str, settings: HttpSettings) -> None:
        self._app, self._token = app, settings.token
        self._names = _OURSELVES | {host, *settings.hosts}
        # A page that was rebound to us still says its own name, never an address.
        self._addresses = host in _EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if not self._is_ours(f"//{headers.get('host', '')}"):
            return PlainTextResponse("unknown Host; name it under hosts in [http]", 421)
        if "origin" in headers and not self._is_ours(headers["origin"]):
            return PlainTextResponse("unknown Origin; name it under hosts in [http]", 403)
        if self._token and not self._is_known(headers.get("authorization", "")):
            challenge = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("a bearer token is needed", 401, challenge)
        return None

    def _is_ours(self, url: str) -> bool:
        try:
            name = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return name in self._names or (self._addresses and _is_address(name))

    def _is_known(self, authorization: str) -> bool:
        expected = f"Bearer {self._token}"
        return hmac.compare_digest(authorization.encode(), expected.encode())


def app(server: MCPServer[None], host: str, settings: HttpSettings) -> ASGIApp:
    """The server as an ASGI application behind its door.

    Raises TokenMissing when other machines can reach `host` and there is no token.
    """
    if host not in _OURSELVES and not settings.token:
        raise TokenMissing(host=host)
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=_MOST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return Door(inner, host, settings)


def serve(server: MCPServer[None], host: str, port: int, settings: HttpSettings) -> None:
    """Serve until interrupted; calls that still run then are stopped in the database."""
    uvicorn.run(
        app(server, host, settings),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
