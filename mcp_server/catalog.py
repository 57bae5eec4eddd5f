"""What is known of each connection's schema: read when first asked for, renewed when it is old."""

import asyncio
import difflib
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio import to_thread

from mcp_server import catalog_mysql, catalog_sqlite, indexing
from mcp_server.connections import Connections
from mcp_server.describing import MOST_TABLES, Described
from mcp_server.errors import DatabaseToolError, ModelMustRepair, UnknownTable
from mcp_server.joins import Joins
from mcp_server.sampling import sample
from mcp_server.schema import Catalog, Table
from mcp_server.search import Found, Names, search
from mcp_server.sessions import Database, Session
from mcp_server.values import Coverage, Values
from mcp_server.visible import visible

FRESH_SECONDS = 900.0
_HEAD_START_SECONDS = 1.0
_SOON_INDEXED = 200
_SAMPLING_SECONDS = 20.0
_NAMED = 5
_COMPARED = 1000
_JOINED = 20


@dataclass(slots=True)
class Snapshot:
    """One reading of a schema, and what was made of it; replaced as a whole."""

    catalog: Catalog
    listed: frozenset[str]
    """The tables that the database listed, those that are closed among them."""
    names: Names
    joins: Joins
    read_at: float
    values: Values = field(default_factory=Values)
    samples: dict[str, Table] = field(default_factory=dict)
    indexing: asyncio.Task[None] | None = None


class Catalogs:
    """Every connection's catalogue and the indexes made of it.

    A table that it lacks, or a search that finds nothing, makes it look again; one older than
    `fresh` seconds is renewed in the background while it still answers.
    """

    def __init__(
        self,
        connections: Connections,
        fresh: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connections, self._fresh, self._clock = connections, fresh, clock
        self._snapshots: dict[str, Snapshot] = {}
        # One reader at a time for each connection; the others then find it read.
        self._reading: dict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._sampling: dict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._renewing: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def catalog(self, connection: str | None = None) -> Catalog:
        """Tables, columns and keys, without a look at the data."""
        return (await self._snapshot(self._connections.get(connection))).catalog

    async def values(self, connection: str | None = None) -> Values:
        """The index of stored values; it may still be filling."""
        return (await self._snapshot(self._connections.get(connection))).values

    async def search(self, text: str, connection: str | None = None) -> tuple[Found, Coverage]:
        """What the text is about, and how much of the data was searched."""
        database = self._connections.get(connection)
        is_first = database.settings.name not in self._snapshots
        snapshot = await self._snapshot(database)
        if is_first and snapshot.indexing and len(snapshot.catalog.tables) <= _SOON_INDEXED:
            await asyncio.wait([snapshot.indexing], timeout=_HEAD_START_SECONDS)
        found = _searched(text, snapshot)
        if not found.matches or not text.strip():
            snapshot = await self._looked_again(database, snapshot)
            found = _searched(text, snapshot)
        return found, snapshot.values.coverage

    async def describe(self, names: Sequence[str], connection: str | None = None) -> Described:
        """The named tables with values, ranges and joins; or all, as many as one answer holds.

        Raises UnknownTable for a name that is not there.
        """
        database = self._connections.get(connection)
        snapshot = await self._snapshot(database)
        if not set(names) <= snapshot.catalog.tables.keys():
            snapshot = await self._looked_again(database, snapshot)
        wanted = [_resolved(snapshot, name) for name in names]
        tables = wanted or list(snapshot.catalog.tables.values())
        shown = tables[:MOST_TABLES]
        samples = await self._samples(database, snapshot, shown)
        return Described(
            flavour=snapshot.catalog.flavour,
            version=snapshot.catalog.version,
            tables=tuple(samples.get(table.name, table) for table in shown),
            joins=tuple(snapshot.joins.connecting([table.name for table in wanted[:_JOINED]])),
            left_out=tuple(table.name for table in tables[MOST_TABLES:]),
            unsampled=sum(table.name not in samples for table in shown),
        )

    async def close(self) -> None:
        """End what runs in the background, and forget what it had not finished."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._snapshots.clear()

    async def _snapshot(self, database: Database) -> Snapshot:
        name = database.settings.name
        snapshot = self._snapshots.get(name) or await self._read(database, None)
        if self._clock() - snapshot.read_at > self._fresh and name not in self._renewing:
            task = self._begin(self._renewed(database, snapshot))
            self._renewing[name] = task
            task.add_done_callback(lambda _: self._renewing.pop(name))
        return snapshot

    async def _read(self, database: Database, seen: Snapshot | None) -> Snapshot:
        """The catalogue read anew, unless somebody else did since it was `seen`."""
        name = database.settings.name
        async with self._reading[name]:
            known = self._snapshots.get(name)
            if known is not None and known is not seen:
                return known
            snapshot = await self._taken(database)
            if seen and seen.indexing:
                seen.indexing.cancel()
            self._snapshots[name] = snapshot
            snapshot.indexing = self._begin(self._indexed(database, snapshot))
        return snapshot

    async def _renewed(self, database: Database, old: Snapshot) -> None:
        """A new snapshot takes the place of the old one once it knows the values too."""
        try:
            snapshot = await self._taken(database)
        except DatabaseToolError:  # the old one answers on; the next call tries again
            return
        await self._indexed(database, snapshot)
        if self._snapshots[database.settings.name] is old:
            self._snapshots[database.settings.name] = snapshot

    async def _taken(self, database: Database) -> Snapshot:
        name = database.settings.name

        def work(session: Session) -> tuple[Catalog, Catalog]:
            if session.flavour == "sqlite":
                found = catalog_sqlite.read(session)
            else:
                found = catalog_mysql.read(session, name)
            return found, visible(found, session, database.policy)

        read_at = self._clock()
        found, catalog = await self._connections.run(database, work)
        names = await to_thread.run_sync(Names, catalog)
        joins = Joins(catalog.tables.values())
        return Snapshot(catalog, frozenset(found.tables), names, joins, read_at)

    async def _indexed(self, database: Database, snapshot: Snapshot) -> None:
        tables = snapshot.catalog.tables.values()
        await indexing.fill(snapshot.values, tables, self._connections, database)

    async def _looked_again(self, database: Database, snapshot: Snapshot) -> Snapshot:
        """The same snapshot if the tables are still the same, else a new one."""

        def work(session: Session) -> set[str]:
            if session.flavour == "sqlite":
                return catalog_sqlite.table_names(session)
            return catalog_mysql.table_names(session)

        if await self._connections.run(database, work) == snapshot.listed:
            return snapshot
        return await self._read(database, snapshot)

    async def _samples(
        self, database: Database, snapshot: Snapshot, tables: Sequence[Table]
    ) -> Mapping[str, Table]:
        """By name, the tables with what their data looks like; each is looked at once.

        Those that were not reached in time are missing, until they are asked for again.
        """
        known = snapshot.samples
        async with self._sampling[database.settings.name]:
            with anyio.move_on_after(_SAMPLING_SECONDS):
                for table in tables:
                    if table.name not in known:
                        known[table.name] = await self._sample(database, table)
        return known

    async def _sample(self, database: Database, table: Table) -> Table:
        """A table that is too slow to look at, or may not be read, goes without values."""
        mask = database.policy.mask
        masked = [column.name for column in table.columns if mask.masked(table.name, column.name)]
        try:
            return await self._connections.run(
                database, lambda session: sample(session, table, masked)
            )
        except ModelMustRepair:
            return table

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _searched(text: str, snapshot: Snapshot) -> Found:
    return search(text, snapshot.catalog, snapshot.names, snapshot.joins, snapshot.values)


def _resolved(snapshot: Snapshot, name: str) -> Table:
    """The table called so; upper and lower case are one when only one table fits."""
    tables = snapshot.catalog.tables
    if name in tables:
        return tables[name]
    alike = [table for other, table in tables.items() if other.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    likely = tables if len(tables) <= _COMPARED else _searched(name, snapshot).tables
    near = difflib.get_close_matches(name, likely, n=_NAMED, cutoff=0.5)
    raise UnknownTable(name=name, nearest=", ".join(near) or "–")
