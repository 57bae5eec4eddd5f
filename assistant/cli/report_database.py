"""The database of a report, opened without anything of the model: a locked run is quick."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from assistant import settings as assistant_settings
from assistant.events import QueryResult
from assistant.locale import set_language
from assistant.report.staff import OpenDatabase
from assistant.schema import Schema
from assistant.tools import Tools
from mcp_server import settings as tool_settings
from mcp_server.server import create_server


@dataclass(frozen=True, slots=True)
class OpenedDatabase:
    """The tools with the schema they described and the URL as it may be shown."""

    tools: Tools
    schema: Schema
    name: str

    async def query(self, sql: str) -> QueryResult:
        """Run one statement."""
        return await self.tools.query(sql)


def open_database(database: str | None) -> OpenDatabase:
    """An opener over these settings; settings are read, and refused, at once."""
    set_language(assistant_settings.load().language)
    tools = tool_settings.load(assistant_settings.find_file(), database)

    @asynccontextmanager
    async def opened() -> AsyncIterator[OpenedDatabase]:
        async with Tools(create_server(tools)) as client:
            schema = await client.schema()
            yield OpenedDatabase(client, schema, tools.connections[schema.connection].shown_url)

    return opened
