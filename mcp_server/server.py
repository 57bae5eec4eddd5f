"""The MCP server: tools, resources and prompts. Listing them never touches a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
from mcp.server import MCPServer
from mcp.server._otel import OpenTelemetryMiddleware
from mcp_types import ToolAnnotations

from mcp_server import resources
from mcp_server.catalog import Catalogs
from mcp_server.connections import Connections
from mcp_server.settings import Settings
from mcp_server.tools import Tools, untitled

_INSTRUCTIONS = (
    "Read-only access to SQL databases. Find tables with search_schema or describe_tables, "
    "then ask with one SELECT a call in the SQL of the server that describe_tables names."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def create_server(settings: Settings, connections: Connections | None = None) -> MCPServer[None]:
    """A server for these databases; no connection is opened before a tool needs one.

    It closes the connections at its end; who gives them may do so earlier.
    """
    connections = connections or Connections(settings)
    catalogs = Catalogs(connections)

    @asynccontextmanager
    async def lifespan(_: MCPServer[None]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await catalogs.close()
            connections.close()

    server = MCPServer(
        "kotae",
        version=version("kotae"),
        instructions=_INSTRUCTIONS,
        lifespan=lifespan,
        log_level="WARNING",
    )
    _leave_out_tracing(server)
    tools = Tools(connections, catalogs, settings)
    for tool in (
        tools.query,
        tools.search_schema,
        tools.describe_tables,
        tools.explain,
        tools.status,
    ):
        server.tool(annotations=_READS)(tool)
    for listed in server._tool_manager.list_tools():  # the SDK offers copies only
        untitled(listed.parameters)
        listed.fn_metadata.output_model = None  # clients check answers; here it is paid twice
    if len(settings.connections) < 2:
        _leave_out_connection(server)
    resources.register(server, connections, catalogs)
    return server


def _leave_out_connection(server: MCPServer[None]) -> None:
    """Where there is one database its name is nothing to ask for: small models invent one."""
    for tool in server._tool_manager.list_tools():
        tool.parameters["properties"].pop("connection", None)


def _leave_out_tracing(server: MCPServer[None]) -> None:
    """Spans that no exporter of ours collects; to drop it is the SDK's way to opt out."""
    middleware = server._lowlevel_server.middleware
    middleware[:] = [each for each in middleware if not isinstance(each, OpenTelemetryMiddleware)]
