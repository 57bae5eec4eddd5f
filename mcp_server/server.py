"""The tools that a model or a program calls. Listing them never touches a database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import wraps
from typing import Annotated, Any, ParamSpec

import anyio
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field

from mcp_server.catalog import Catalogs
from mcp_server.connections import Connections
from mcp_server.errors import DatabaseToolError, NoConnection
from mcp_server.query import run_query
from mcp_server.results import structured, tsv
from mcp_server.schema import one_line
from mcp_server.search import Match, search, tables_for
from mcp_server.sessions import Database, Session
from mcp_server.settings import Settings

ERROR_KEY = "kotae/error"
_INSTRUCTIONS = (
    "Read-only access to SQL databases. Find tables with search_schema or describe_tables, "
    "then ask with one SELECT a call in the SQL of the server that describe_tables names."
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Arguments = ParamSpec("Arguments")
Connection = Annotated[str | None, Field(description="Name from status")]


def _untitled(schema: dict[str, Any]) -> None:
    """Titles repeat the names, and every client pays for each token of the list."""
    for part in (schema, *schema["properties"].values()):
        part.pop("title", None)


class _Output(BaseModel):
    """What programs may rely on; the rest of the shape is in the documentation."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_untitled)


class QueryOutput(_Output):
    columns: list[Any]
    rows: list[list[Any]]
    truncated: str | None


class SearchOutput(_Output):
    matches: list[Any]
    tables: list[str]


class TablesOutput(_Output):
    tables: list[Any]


class StatusOutput(_Output):
    connections: list[Any]


def create_server(settings: Settings) -> MCPServer[None]:
    """A server for these databases; no connection is opened before a tool needs one."""
    connections = Connections(settings)

    @asynccontextmanager
    async def lifespan(_: MCPServer[None]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            connections.close()

    server = MCPServer("kotae", instructions=_INSTRUCTIONS, lifespan=lifespan, log_level="WARNING")
    tools = Tools(connections, settings)
    for tool in (tools.query, tools.search_schema, tools.describe_tables, tools.status):
        server.tool(annotations=_READS)(tool)
    return server


def _reporting_errors(
    tool: Callable[Arguments, Awaitable[CallToolResult]],
) -> Callable[Arguments, Awaitable[CallToolResult]]:
    """A failure is an answer too: its sentence for the model, its code and slots for programs."""

    @wraps(tool)
    async def reporting(*args: Arguments.args, **kwargs: Arguments.kwargs) -> CallToolResult:
        try:
            return await tool(*args, **kwargs)
        except DatabaseToolError as error:
            return _failed(error)

    return reporting


def _failed(error: DatabaseToolError) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=str(error))],
        is_error=True,
        _meta={ERROR_KEY: described(error)},
    )


def described(error: DatabaseToolError) -> dict[str, Any]:
    """The error as JSON can hold it: its code, what filled its sentence, who must act."""
    slots = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in error.slots.items()
    }
    return {"code": type(error).__name__, "slots": slots, "actor": error.actor}


def _answer(text: str, content: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=content)


class Tools:
    """One method a tool; its docstring is what the model reads of it."""

    def __init__(self, connections: Connections, settings: Settings) -> None:
        self._connections, self._limits = connections, settings.limits
        self._catalogs = Catalogs(connections)

    @_reporting_errors
    async def query(
        self,
        sql: Annotated[str, Field(description="One reading statement")],
        connection: Connection = None,
        max_rows: Annotated[int | None, Field(ge=1)] = None,
    ) -> Annotated[CallToolResult, QueryOutput]:
        """Run one read-only SQL statement. Text is TSV; truncated says what cut the rows."""
        result = await run_query(self._connections, self._limits, sql, connection, max_rows)
        return _answer(tsv(result), structured(result))

    @_reporting_errors
    async def search_schema(
        self, text: str, connection: Connection = None
    ) -> Annotated[CallToolResult, SearchOutput]:
        """Find tables, columns and values by words (any language). Empty text lists all tables."""
        samples = await self._catalogs.searchable(connection, values=bool(text.strip()))
        matches = search(text, samples)
        tables = tables_for(matches, samples)
        lines = [_match_line(match) for match in matches] or ["nothing found"]
        content = {"matches": [asdict(match) for match in matches], "tables": tables}
        return _answer("\n".join([*lines, f"tables: {', '.join(tables)}"]), content)

    @_reporting_errors
    async def describe_tables(
        self,
        tables: Annotated[list[str], Field(description="Empty: all")],
        connection: Connection = None,
    ) -> Annotated[CallToolResult, TablesOutput]:
        """Columns, keys, comments and typical values of tables."""
        found = await self._catalogs.tables(tables, connection)
        catalog = await self._catalogs.catalog(connection)
        content = {
            "connection": self._connections.get(connection).settings.name,
            "server": {"flavour": catalog.flavour, "version": catalog.version},
            "tables": [asdict(table) for table in found],
        }
        server = f"{catalog.flavour} {catalog.version}"
        return _answer("\n".join([server, *map(one_line, found)]), content)

    @_reporting_errors
    async def status(self) -> Annotated[CallToolResult, StatusOutput]:
        """Connections, whether each is up, and which read-only layers hold."""
        databases = list(self._connections.all())
        states: list[dict[str, Any]] = [{} for _ in databases]

        async def look(at: int, database: Database) -> None:
            states[at] = await self._state(database)

        async with anyio.create_task_group() as group:
            for at, database in enumerate(databases):
                group.start_soon(look, at, database)
        lines = [_state_line(state) for state in states] or [str(NoConnection())]
        return _answer("\n".join(lines), {"connections": states})

    async def _state(self, database: Database) -> dict[str, Any]:
        settings = database.settings
        state: dict[str, Any] = {
            "name": settings.name,
            "url": settings.shown_url,
            "database": settings.url.database,
            "flavour": None,
            "version": None,
            "state": "ready",
            "detail": "",
            "read_only": list(database.layers),
        }
        try:
            flavour, version = await self._connections.run(database, _server)
        except DatabaseToolError as error:
            return state | {
                "state": "down",
                "detail": str(error),
                "error": described(error),
                "read_only": [],
            }
        return state | {"flavour": flavour, "version": version}


def _server(session: Session) -> tuple[str, str]:
    return session.flavour, session.version


def _match_line(match: Match) -> str:
    place = match.table + (f".{match.column}" if match.column else "")
    value = "" if match.value is None else f" = {match.value!r}"
    return f"{place}{value}" + (f" -- {match.comment}" if match.comment else "")


def _state_line(state: dict[str, Any]) -> str:
    if state["state"] == "down":
        return f"{state['name']}: {state['detail']}"
    server = f"{state['flavour']} {state['version']}"
    return (
        f"{state['name']}: {server}, {state['url']}, read only by {', '.join(state['read_only'])}"
    )
