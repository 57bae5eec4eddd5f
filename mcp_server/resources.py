"""Tables as resources, ready-made prompts, and completion of names."""

from collections.abc import Awaitable, Callable

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from mcp_server.catalog import Catalogs
from mcp_server.connections import Connections
from mcp_server.describing import text_of
from mcp_server.errors import DatabaseToolError

_MOST_COMPLETIONS = 100

Reference = PromptReference | ResourceTemplateReference
Completer = Callable[
    [Reference, CompletionArgument, CompletionContext | None], Awaitable[Completion | None]
]


def register(server: MCPServer[None], connections: Connections, catalogs: Catalogs) -> None:
    """Add them to the server; none of them is asked of a database before it is read."""

    @server.resource("schema://{connection}/{table}", mime_type="text/plain")
    async def table(connection: str, table: str) -> str:
        """One table: columns, keys, comments and typical values."""
        try:
            described = await catalogs.describe([table], connection)
        except DatabaseToolError as error:
            raise ResourceError(str(error)) from error
        return text_of(described)

    @server.prompt()
    def ask(question: str, connection: str = "") -> str:
        """Answer a question from the database, with the SQL that was used."""
        where = f' Use the connection "{connection}".' if connection else ""
        return (
            f"Answer from the database: {question}\n"
            f"Find the tables with search_schema, then run one SELECT with query.{where} "
            "Give the answer, the SQL, and say so when rows were cut."
        )

    @server.prompt()
    def tour(table: str, connection: str = "") -> str:
        """Explain what a table holds, with examples."""
        where = f' of the connection "{connection}"' if connection else ""
        return (
            f"Describe the table {table}{where} with describe_tables, look at a few rows with "
            "query, and explain in plain words what one row means and what may be asked of it."
        )

    async def complete(
        _: Reference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion | None:
        match argument.name:
            case "connection":
                names = [database.settings.name for database in connections.all()]
            case "table":
                names = await _tables((context and context.arguments) or {})
            case _:
                return None
        fitting = [name for name in names if name.lower().startswith(argument.value.lower())]
        return Completion(values=fitting[:_MOST_COMPLETIONS], total=len(fitting))

    decorator: Callable[[], Callable[[Completer], Completer]] = server.completion
    decorator()(complete)

    async def _tables(chosen: dict[str, str]) -> list[str]:
        try:
            return list((await catalogs.catalog(chosen.get("connection") or None)).tables)
        except DatabaseToolError:  # nothing to suggest; a call will say why
            return []
