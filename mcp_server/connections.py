"""Databases by name, and work on them: in a thread, within a deadline, stopped for real."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar
from weakref import WeakSet

import anyio

from mcp_server import aside
from mcp_server.errors import (
    ConnectionStale,
    DatabaseBusy,
    NoConnection,
    QueryTimedOut,
    UnknownConnection,
)
from mcp_server.mysql import MySqlDatabase
from mcp_server.sessions import Database, Session
from mcp_server.settings import ConnectionSettings, Limits, Settings
from mcp_server.sqlite import SqliteDatabase
from mcp_server.threads import Threads

_SECONDS_TO_STOP = 5
_SECONDS_BETWEEN_LOOKS = 0.1

Result = TypeVar("Result")


class Connections:
    """Every configured database; none is opened before it is asked."""

    def __init__(self, settings: Settings) -> None:
        self._default = settings.default
        self._seconds = settings.limits.seconds
        # A call is in here as long as its thread holds it, whoever waits for it or not.
        self._calls: WeakSet[_Call[Any]] = WeakSet()
        self._databases: dict[str, Database] = {
            name: _database(connection, settings.limits)
            for name, connection in settings.connections.items()
        }
        # Who waits for a session waits here and holds no thread; for threads there is no limit,
        # so that one that stops a statement never waits for those that run.
        self._threads = Threads()
        self._places = {
            name: anyio.CapacityLimiter(database.most_sessions)
            for name, database in self._databases.items()
        }

    def get(self, name: str | None = None) -> Database:
        """The database called `name`, or the default one.

        Raises NoConnection when none is configured, UnknownConnection for another name.
        """
        wanted = name or self._default
        if wanted is None:
            raise NoConnection()
        if wanted not in self._databases:
            raise UnknownConnection(name=wanted, known=", ".join(self._databases))
        return self._databases[wanted]

    def all(self) -> Iterable[Database]:
        return self._databases.values()

    async def run(
        self, database: Database, work: Callable[[Session], Result], *, brief: bool = False
    ) -> Result:
        """`work` on a session, in a thread. Cancelled or out of time, its statement is killed.

        `brief` work does little but wait: it needs no thread where the database can do without.

        Raises QueryTimedOut, DatabaseBusy when no session was free in all that time, and
        whatever the session raises.
        """
        place = self._places[database.settings.name]
        by = asyncio.get_running_loop().time() + self._seconds
        call = _Call(database, work, in_loop=brief and database.steps_aside)
        await self._take(place, call, by)
        if call.in_loop:  # who asked has the answer sooner than the session is left
            call.left = partial(place.release_on_behalf_of, call)
            return await self._run(call, by)
        try:
            return await self._run(call, by)
        finally:
            place.release_on_behalf_of(call)

    async def _take(self, place: anyio.CapacityLimiter, call: "_Call[Result]", by: float) -> None:
        """At once where one is free: to wait, be it for nothing, costs turns of the event loop."""
        try:
            place.acquire_on_behalf_of_nowait(call)
        except anyio.WouldBlock:
            with anyio.CancelScope(deadline=by) as scope:
                await place.acquire_on_behalf_of(call)
                return
            if scope.cancelled_caught:
                most = f"{call.database.most_sessions}/{call.database.most_sessions}"
                raise DatabaseBusy(where=call.database.settings.where, message=most) from None

    async def _run(self, call: "_Call[Result]", by: float) -> Result:
        """It returns when the statement has ended, whoever has gone or given up meanwhile."""
        self._calls.add(call)
        try:
            async with asyncio.timeout_at(by):
                if call.in_loop:
                    return await aside.run(call.run, self._threads)
                return await self._threads.run(call.run)
        except (TimeoutError, asyncio.CancelledError) as error:
            with anyio.CancelScope(shield=True):
                await self._threads.run(call.stop)
            if isinstance(error, TimeoutError):
                raise QueryTimedOut(seconds=self._seconds) from error
            raise

    @property
    def busy(self) -> bool:
        """Does any call hold a thread now?"""
        return any(not call.ended for call in list(self._calls))

    def close(self) -> None:
        """Stop what still runs, and close every idle connection."""
        if calls := list(self._calls):
            with ThreadPoolExecutor(len(calls)) as threads:
                threads.map(partial(_Call.stop, last=True), calls)
        for database in self._databases.values():
            database.close()
        self._threads.close()


def _database(connection: ConnectionSettings, limits: Limits) -> Database:
    if connection.is_sqlite:
        return SqliteDatabase(connection, limits)
    return MySqlDatabase(connection, limits)


def _nothing() -> None:
    """What a call in a thread does at its end: who waits for it frees its place."""


class _Call(Generic[Result]):
    """One piece of work in its thread, and the way to stop it from another one."""

    def __init__(
        self, database: Database, work: Callable[[Session], Result], *, in_loop: bool
    ) -> None:
        self.database, self._work = database, work
        self._session: Session | None = None
        self._stopped, self._ended = False, threading.Event()
        self.in_loop = in_loop
        self.left: Callable[[], None] = _nothing

    def run(self) -> Result:
        try:
            return self._once()
        except ConnectionStale:
            return self._once()
        finally:
            self._ended.set()
            self.left()

    def _once(self) -> Result:
        with self.database.session() as self._session:
            if self._stopped:
                raise QueryTimedOut(seconds=0)
            result = self._work(self._session)
            aside.answer(result)  # to leave the session is nothing to wait for
            return result

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def stop(self, *, last: bool = False) -> None:
        """Ask until it ends: the first kill may come just before the statement starts.

        A server that cannot be asked, or does not obey, is let go of. The `last` one keeps the
        event loop from going on, and so does not wait for a call that ends there.
        """
        self._stopped = True
        deadline = time.monotonic() + _SECONDS_TO_STOP
        while (session := self._session) and not self._ended.is_set():
            if time.monotonic() > deadline:
                session.sever()
                return
            if session.stop() and last and self.in_loop:
                return
            self._ended.wait(_SECONDS_BETWEEN_LOOKS)
