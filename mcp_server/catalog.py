"""The catalogue of each connection: read when first asked for, sampled a table at a time, kept."""

import difflib
from collections import defaultdict
from collections.abc import Sequence

import anyio

from mcp_server import catalog_mysql, catalog_sqlite
from mcp_server.connections import Connections
from mcp_server.errors import ModelMustRepair, UnknownTable
from mcp_server.sampling import Sampled, sample
from mcp_server.schema import Catalog, Table
from mcp_server.sessions import Database, Session
from mcp_server.visible import visible

_NAMED = 5
_SAMPLED_FOR_SEARCH = 200


class Catalogs:
    """Every connection's catalogue. A name that it lacks makes it read once more."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._catalogs: dict[str, Catalog] = {}
        self._samples: dict[str, dict[str, Sampled]] = defaultdict(dict)
        # One reader at a time for each connection; the others then find it read.
        self._reading: dict[str, anyio.Lock] = defaultdict(anyio.Lock)

    async def catalog(self, connection: str | None = None) -> Catalog:
        """Tables, columns and keys, without a look at the data."""
        database = self._connections.get(connection)
        name = database.settings.name
        async with self._reading[name]:
            if name not in self._catalogs:
                await self._read(database)
        return self._catalogs[name]

    async def tables(self, names: Sequence[str], connection: str | None = None) -> list[Table]:
        """The named tables, or all; with values and ranges.

        Raises UnknownTable for a name that is not there.
        """
        catalog = await self.catalog(connection)
        if not set(names) <= set(catalog.tables):
            catalog = await self._again(connection)
        found = [_resolved(catalog, name) for name in names] or list(catalog.tables.values())
        return [sampled.table for sampled in await self.samples(found, connection)]

    async def searchable(self, connection: str | None, values: bool) -> list[Sampled]:
        """All tables as search wants them; with their values unless the schema is very big."""
        tables = list((await self.catalog(connection)).tables.values())
        if values and len(tables) <= _SAMPLED_FOR_SEARCH:
            return await self.samples(tables, connection)
        return [Sampled(table, {}) for table in tables]

    async def samples(
        self, tables: Sequence[Table], connection: str | None = None
    ) -> list[Sampled]:
        """What the data of these tables looks like; each table is looked at once."""
        database = self._connections.get(connection)
        known = self._samples[database.settings.name]
        async with self._reading[database.settings.name]:
            for table in tables:
                if table.name not in known:
                    known[table.name] = await self._sample(database, table)
        return [known[table.name] for table in tables]

    async def _sample(self, database: Database, table: Table) -> Sampled:
        """A table that is too slow to look at, or may not be read, goes without values."""
        mask = database.policy.mask
        masked = [column.name for column in table.columns if mask.masked(table.name, column.name)]
        try:
            return await self._connections.run(
                database, lambda session: sample(session, table, masked)
            )
        except ModelMustRepair:
            return Sampled(table, {})

    async def _again(self, connection: str | None) -> Catalog:
        database = self._connections.get(connection)
        async with self._reading[database.settings.name]:
            await self._read(database)
        return self._catalogs[database.settings.name]

    async def _read(self, database: Database) -> None:
        name = database.settings.name

        def work(session: Session) -> Catalog:
            if session.flavour == "sqlite":
                found = catalog_sqlite.read(session)
            else:
                found = catalog_mysql.read(session, name)
            return visible(found, session, database.policy)

        self._catalogs[name] = await self._connections.run(database, work)
        self._samples[name].clear()


def _resolved(catalog: Catalog, name: str) -> Table:
    """The table called so; upper and lower case are one when only one table fits."""
    if name in catalog.tables:
        return catalog.tables[name]
    alike = [table for other, table in catalog.tables.items() if other.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(name, catalog.tables, n=_NAMED, cutoff=0.5)
    raise UnknownTable(name=name, nearest=", ".join(near) or "–")
