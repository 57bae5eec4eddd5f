"""Our MCP server in the words of each client: the entry that its settings file needs.

No secret is ever part of an entry. Where a client fills in variables of its own environment, the
variable's name stands there; the others read the secret's file, which kotae.toml names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from assistant.errors import ClientWithoutHttp

Client = Literal["cline", "vscode", "claude", "cursor", "zed", "llama-web"]
CLIENTS: tuple[Client, ...] = get_args(Client)
NAME = "kotae"
TOKEN = "KOTAE_MCP_TOKEN"
# All of them only read, so that Cline need not ask each time.
TOOLS = ("query", "search_schema", "describe_tables", "explain", "status")
_APPROVED = {"autoApprove": list(TOOLS), "timeout": 60, "disabled": False}
# Clients that write ${env:NAME} for a variable of their own environment.
_REFERRING: frozenset[Client] = frozenset({"vscode", "cursor"})
# Zed starts servers in its own environment, so that nothing needs to be written.
_INHERITING: frozenset[Client] = frozenset({"zed", *_REFERRING})


@dataclass(frozen=True, slots=True)
class Started:
    """The server as the client starts it: `secrets` are the variables it must be handed."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """The server as it runs somewhere, over streamable HTTP."""

    url: str
    needs_token: bool = False


Server = Started | Served


def section(client: Client) -> str:
    """The key of the client's settings under which servers stand by name."""
    match client:
        case "vscode":
            return "servers"
        case "zed":
            return "context_servers"
        case _:
            return "mcpServers"


def document(client: Client, server: Server) -> dict[str, Any]:
    """A whole settings file that holds nothing else. Raises ClientWithoutHttp."""
    return {section(client): {NAME: entry(client, server)}}


def entry(client: Client, server: Server) -> dict[str, Any]:
    """What stands under our name. Raises ClientWithoutHttp."""
    match server:
        case Started():
            return _started(client, server)
        case Served():
            return _served(client, server)


def left_out(client: Client, server: Server) -> tuple[str, ...]:
    """Variables that hold a secret which the client cannot hand on by name."""
    match server:
        case Started(secrets=secrets) if client not in _INHERITING:
            return tuple(secrets)
        case Served(needs_token=True) if client not in _REFERRING:
            return (TOKEN,)
        case _:
            return ()


def _started(client: Client, server: Started) -> dict[str, Any]:
    program, *arguments = server.command
    names = server.secrets if client in _REFERRING else ()
    environment = {**server.environment, **{name: _reference(name) for name in names}}
    plain: dict[str, Any] = {"command": program, "args": arguments}
    if environment:
        plain["env"] = environment
    match client:
        case "cline":
            return {"type": "stdio", **plain, **_APPROVED}
        case "vscode":
            return {"type": "stdio", **plain}
        case _:
            return plain


def _served(client: Client, server: Served) -> dict[str, Any]:
    known = server.needs_token and client in _REFERRING
    headers = {"headers": {"Authorization": f"Bearer {_reference(TOKEN)}"}} if known else {}
    match client:
        case "cline":
            # A url without this type is taken for the older transport, SSE.
            return {"type": "streamableHttp", "url": server.url, **_APPROVED}
        case "vscode":
            return {"type": "http", "url": server.url, **headers}
        case "claude":  # its file knows programs only
            return {"command": "npx", "args": ["-y", "mcp-remote", server.url]}
        case "llama-web":
            raise ClientWithoutHttp(client=client)
        case _:
            return {"url": server.url, **headers}


def _reference(variable: str) -> str:
    return f"${{env:{variable}}}"
