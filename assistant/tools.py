"""The MCP client: what the loop needs of the database tools, typed."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from mcp import Client, MCPError
from mcp.server import MCPServer
from mcp.types import CallToolResult

from assistant.errors import DatabaseToolFailed, ToolServerLost
from assistant.events import Column, QueryResult
from assistant.linking import StoredValue
from assistant.schema import Schema

ERROR_META = "kotae/error"


class Tools:
    """One MCP session. Enter and leave it in the same task."""

    def __init__(self, server: MCPServer[Any] | str, connection: str | None = None) -> None:
        """`server`: ours in memory, or the URL of one over HTTP."""
        self._client = Client(server)
        self._connection = {"connection": connection} if connection else {}

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What went wrong in the block is not the client's; its task group would wrap it in a group.
        ours = isinstance(error, Exception)
        await self._client.__aexit__(*((None, None, None) if ours else (kind, error, trace)))

    async def schema(self, tables: Sequence[str] = ()) -> Schema:
        """Tables with columns, keys and comments: those named, or all that one answer holds."""
        return Schema.from_tool(await self._call("describe_tables", {"tables": [*tables]}))

    async def tables_about(self, text: str) -> list[str]:
        """Names of the tables that a text is about, the best first, and then their neighbours."""
        content = await self._call("search_schema", {"text": text})
        return [str(name) for name in content["tables"]]

    async def status(self) -> dict[str, Any]:
        """What the server tells of the connection: product, version, account, layers.

        Raises DatabaseToolFailed when it cannot be reached.
        """
        content = await self._call("status", {}, {})
        states = {state["name"]: state for state in content["connections"]}
        name = self._connection.get("connection")
        state: dict[str, Any] = states[name] if name else next(iter(states.values()))
        if state["state"] == "down":
            raise _told(state["error"], state["detail"])
        return state

    async def query(self, sql: str) -> QueryResult:
        """Run one statement; cancelling the caller kills it in the database."""
        content = await self._call("query", {"sql": sql})
        return QueryResult(
            columns=tuple(Column(c["name"], c["type"]) for c in content["columns"]),
            rows=tuple(tuple(row) for row in content["rows"]),
            truncated=content["truncated"],
            elapsed_ms=content["elapsed_ms"],
            sql=content["sql"],
        )

    async def values(self, text: str) -> list[StoredValue]:
        """Stored values that fit words of the text, the best first."""
        content = await self._call("search_schema", {"text": text})
        return [
            StoredValue(match["table"], match["column"], str(match["value"]))
            for match in content["matches"]
            if match["value"] is not None
        ]

    async def estimate(self, sql: str) -> int | None:
        """Rows that the database expects to read: those of each table, multiplied in a SELECT.

        None where its plan does not say.
        """
        content = await self._call("explain", {"sql": sql})
        names = [column["name"].lower() for column in content["columns"]]
        if not {"id", "rows"} <= set(names):
            return None
        products: dict[object, int] = {}
        for row in content["rows"]:
            select, rows = row[names.index("id")], row[names.index("rows")]
            products[select] = products.get(select, 1) * max(int(rows or 1), 1)
        return max(products.values(), default=None)

    async def _call(
        self, tool: str, arguments: dict[str, Any], more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        more = self._connection if more is None else more
        try:
            result = await self._client.call_tool(tool, {**arguments, **more})
        except MCPError as error:
            raise ToolServerLost(reason=str(error)) from error
        if result.is_error:
            raise _failure(result)
        return result.structured_content or {}


def _failure(result: CallToolResult) -> DatabaseToolFailed:
    text = "\n".join(block.text for block in result.content if block.type == "text")
    return _told((result.meta or {}).get(ERROR_META) or {}, text)


def _told(facts: dict[str, Any], text: str) -> DatabaseToolFailed:
    return DatabaseToolFailed(
        code=facts.get("code", ""),
        actor=facts.get("actor", "model"),
        message=text,
        details=facts.get("slots", {}),
    )
