"""Databases by name, and work on them: in a thread, within a deadline, stopped for real."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

import anyio
from anyio import to_thread

from mcp_server.errors import NoConnection, QueryTimedOut, UnknownConnection
from mcp_server.mysql import MySqlDatabase
from mcp_server.sessions import Database, Session
from mcp_server.settings import ConnectionSettings, Limits, Settings
from mcp_server.sqlite import SqliteDatabase

_LOOKS = 50
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

    async def run(self, database: Database, work: Callable[[Session], Result]) -> Result:
        """`work` on a session, in a thread. Cancelled or out of time, its statement is killed.

        Raises QueryTimedOut and whatever the session raises.
        """
        call = _Call(database, work)
        self._calls.add(call)
        try:
            with anyio.fail_after(self._seconds):
                try:
                    return await to_thread.run_sync(call.run, abandon_on_cancel=True)
                except anyio.get_cancelled_exc_class():
                    with anyio.CancelScope(shield=True):
                        await to_thread.run_sync(call.stop)
                    raise
        except TimeoutError as error:
            raise QueryTimedOut(seconds=self._seconds) from error

    @property
    def busy(self) -> bool:
        """Does any call hold a thread now?"""
        return any(not call.ended for call in list(self._calls))

    def close(self) -> None:
        """Stop what still runs, and close every idle connection."""
        for call in list(self._calls):
            call.stop()
        for database in self._databases.values():
            database.close()


def _database(connection: ConnectionSettings, limits: Limits) -> Database:
    if connection.is_sqlite:
        return SqliteDatabase(connection, limits)
    return MySqlDatabase(connection, limits)


class _Call(Generic[Result]):
    """One piece of work in its thread, and the way to stop it from another one."""

    def __init__(self, database: Database, work: Callable[[Session], Result]) -> None:
        self._database, self._work = database, work
        self._session: Session | None = None
        self._stopped, self._ended = threading.Event(), threading.Event()

    def run(self) -> Result:
        try:
            with self._database.session() as self._session:
                if self._stopped.is_set():
                    raise QueryTimedOut(seconds=0)
                return self._work(self._session)
        finally:
            self._ended.set()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def stop(self) -> None:
        """Ask until it ends: the first kill may come just before the statement starts."""
        self._stopped.set()
        for _ in range(_LOOKS):
            if self._session is None or self._ended.is_set():
                return
            self._session.stop()
            self._ended.wait(_SECONDS_BETWEEN_LOOKS)
