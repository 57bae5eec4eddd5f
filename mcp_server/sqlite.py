"""SQLite files, opened so that nothing can be written: mode=ro, query_only, an authorizer."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from mcp_server.closed import Closed
from mcp_server.errors import (
    DatabaseBusy,
    DatabaseToolError,
    FenceRefused,
    NameClosed,
    NotSqlite,
    QueryTimedOut,
    SqlFailed,
    SqliteFileMissing,
)
from mcp_server.masking import Mask
from mcp_server.names import folded
from mcp_server.policy import SQLITE_POLICY, Policy, check
from mcp_server.reads import Reads, Source
from mcp_server.results import JudgedStream, Stream
from mcp_server.schema import quoted
from mcp_server.sessions import Flavour
from mcp_server.settings import ConnectionSettings, Limits
from mcp_server.views import check_columns

QUERY_ONLY = "PRAGMA query_only = ON"
_BUSY_SECONDS = 5
_MOST_BYTES = 16_000_000
_STEPS_BETWEEN_LOOKS = 10_000
_ACTIONS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
# Those that the catalogue reads; the statement policy lets nobody else say PRAGMA.
_PRAGMAS = frozenset({"table_xinfo", "foreign_key_list"})


class SqliteDatabase:
    """One SQLite file; every session is a connection of its own."""

    explain = "EXPLAIN QUERY PLAN"
    steps_aside = False
    most_sessions = 8

    def __init__(self, settings: ConnectionSettings, limits: Limits) -> None:
        self.settings, self._limits = settings, limits
        self._path = Path(settings.where)
        # SQLite knows its one file as "main".
        self.policy = replace(
            SQLITE_POLICY,
            closed=Closed.of(settings.deny, "main", settings.allow),
            mask=Mask.of(settings.mask, "main"),
        )

    @contextmanager
    def session(self) -> Iterator["SqliteSession"]:
        if not self._path.is_file():
            raise SqliteFileMissing(path=self._path)
        try:
            with closing(opened(self._path)) as connection:
                session = SqliteSession(connection, self.policy)
                session.enter_fence()
                yield session
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def close(self) -> None:
        """Nothing is kept open."""

    def _translated(self, error: sqlite3.Error) -> DatabaseToolError:
        message = str(error)
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_CORRUPT:
                return NotSqlite(path=self._path, message=message)
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return DatabaseBusy(where=self.settings.where, message=message)
            case sqlite3.SQLITE_INTERRUPT:
                return QueryTimedOut(seconds=self._limits.seconds)
            case (sqlite3.SQLITE_AUTH | sqlite3.SQLITE_READONLY) as number:
                return FenceRefused(number=number, message=message)
            case number:
                return SqlFailed(number=number, message=message)


class SqliteSession:
    """One connection inside the fence."""

    flavour: Flavour = "sqlite"
    version = sqlite3.sqlite_version
    product = "SQLite"
    layers: tuple[str, ...] = ("mode=ro", "query_only", "authorizer", "policy", "limits")
    missing: tuple[str, ...] = ()

    def __init__(self, connection: sqlite3.Connection, policy: Policy) -> None:
        self._connection, self._policy = connection, policy
        self._masks = False
        self._refused = ""
        self._stopped = threading.Event()

    def enter_fence(self) -> None:
        self._connection.text_factory = lambda text: text.decode("utf-8", "replace")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        self._connection.execute(QUERY_ONLY)
        self._connection.execute("PRAGMA schema_version")  # reads the file: is it SQLite at all?
        # A handler and not interrupt(): it also sees a stop that came before the first step.
        self._connection.set_progress_handler(self._stopped.is_set, _STEPS_BETWEEN_LOOKS)
        self._connection.set_authorizer(authorized)

    def admit(self, sql: str) -> None:
        """From here on SQLite itself asks for every column that it reads, in views too."""
        if not (self._policy.closed.has_lists or self._policy.mask.columns):
            return
        reads = check(sql, self._policy)
        self._masks = self._policy.mask.concerned(reads)
        # Asked for every column but those of USING.
        check_columns(reads, self._policy.closed, self._columns_of)
        self._connection.set_authorizer(partial(self._authorize_read, reads))

    def _columns_of(self, source: Source) -> Iterable[str]:
        pragma = f"PRAGMA table_xinfo({quoted(source.table)})"
        return [str(row[1]) for row in self._connection.execute(pragma)]

    def stream(self, sql: str, *, last: bool = False) -> Stream:
        try:
            cursor = self._connection.execute(sql)
        except sqlite3.DatabaseError as error:
            if self._refused:
                raise NameClosed(token=self._refused) from error
            raise
        names = [column[0] for column in cursor.description or ()]
        return JudgedStream(names, cursor, self._hidden(names))

    def _hidden(self, names: Sequence[str]) -> frozenset[int]:
        """SQLite does not tell where a result column comes from, so its name decides."""
        mask = self._policy.mask
        return frozenset(
            at for at, name in enumerate(names) if self._masks and mask.hides("", "", "", name)
        )

    def _authorize_read(
        self,
        reads: Reads,
        action: int,
        first: str | None,
        second: str | None,
        _schema: str | None,
        inside: str | None,
    ) -> int:
        """`inside` is the view, or the name that WITH made, that reads the column."""
        trusted = inside and folded(inside) not in reads.made
        trusted = trusted and self._policy.closed.trusts("main", inside or "")
        if action == sqlite3.SQLITE_READ and first and not trusted:
            column = second or ""
            masked = self._policy.mask.masked(first, column) and (inside or not self._masks)
            closed = self._policy.closed
            if masked or (
                closed.column("main", first, column) if column else closed.table("main", first)
            ):
                self._refused = f"{first}.{column}".rstrip(".")
                return sqlite3.SQLITE_DENY
        return authorized(action, first)

    def stop(self) -> bool:
        self._stopped.set()
        return True

    def sever(self) -> None:
        """There is no line to cut; the handler sees the stop at its next look."""


def opened(file: Path) -> sqlite3.Connection:
    """The file, which SQLite then cannot write; it must exist."""
    return sqlite3.connect(
        f"{file.as_uri()}?mode=ro",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def authorized(action: int, first: str | None, *_rest: str | None) -> int:
    """SQLite's answer to each action of a statement: reading is, everything else is not."""
    if action in _ACTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
