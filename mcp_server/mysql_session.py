"""One connection to MySQL or MariaDB inside the fence: its statements, and ending them for real."""

import itertools
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from struct import pack
from typing import Any

import pymysql
from pymysql.connections import MySQLResult
from pymysql.constants import CR

from mcp_server import aside, mysql_answers
from mcp_server.errors import DatabaseToolError, FenceIncomplete
from mcp_server.mysql_answers import Rows, answer
from mcp_server.mysql_fence import ENGINE_LAYERS, Fence, fence_of, server_of
from mcp_server.mysql_pool import Line
from mcp_server.mysql_rows import cells, packets
from mcp_server.mysql_servers import Server
from mcp_server.mysql_types import converter, kind_of_column
from mcp_server.policy import Policy
from mcp_server.reads import Reads
from mcp_server.results import Column, Stream, TypedStream, hide
from mcp_server.sessions import Flavour
from mcp_server.settings import ConnectionSettings
from mcp_server.views import admit

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
LAYERS = (
    *("connection flags", "sql_mode", "session", "transaction", "time limit"),
    *("policy", "limits"),
)
# Commands of the protocol; PyMySQL has no public way to send several, nor the last one.
_QUERY = b"\x03"
_ROLLBACK = _QUERY + b"ROLLBACK"
_RESET_CONNECTION = b"\x1f"  # drops locks, variables and temporary tables
_LONGEST_PACKET = 2**24 - 1
"""A packet of this length goes on in the next one."""


class MySqlSession:
    """One connection while one call has it; `stop` and `sever` come from other threads."""

    def __init__(
        self,
        line: Line,
        settings: ConnectionSettings,
        policy: Policy,
        spare: Callable[[], Any],
    ) -> None:
        self.line, self._settings, self._policy, self._spare = line, settings, policy, spare
        self._raw = line.raw
        self.flavour: Flavour = "mysql"
        self.version = self.product = ""
        self.layers: tuple[str, ...] = ()
        self.missing: tuple[str, ...] = ()
        self.proven = line.known is None
        """Has it answered since it was taken? An idle connection may have broken meanwhile."""
        self._due: tuple[bytes, ...] = ()
        self._cleared = self._unheard = False
        self._seconds = 0.0
        self._running = False
        self._packets: Iterator[bytes] = iter(())
        self._admitted: Reads | None = None
        self._stopped = False
        # Held while another thread kills: the statement cannot end and another one start.
        self._guard = threading.Lock()

    def enter_fence(self, seconds: float) -> None:
        """Raises FenceMissing without a pinned session, FenceIncomplete where all is required."""
        self._wait_at_most(CONNECT_SECONDS)
        server, fence = self._known(seconds)
        self.flavour, self.version, self.product = server.flavour, server.version, server.product
        if not self.line.unread:
            self._send(*_ahead(fence))
            self.line.unread = len(fence.ahead)
        missing = fence.lacking(self._prepared(), self._settings.where)
        self._due, self._seconds = tuple(map(_query, fence.at_use)), seconds
        self.missing = tuple(layer for layer in LAYERS if layer in missing)
        self.layers = tuple(layer for layer in LAYERS if layer not in missing)
        if self._settings.fence == "required" and missing & ENGINE_LAYERS:
            raise FenceIncomplete(
                where=self._settings.where,
                product=server.product,
                missing=", ".join(self.missing),
                connection=self._settings.name,
            )

    def _known(self, seconds: float) -> tuple[Server, Fence]:
        """Found out once a connection."""
        if self.line.known is None:
            server = server_of(self._raw.get_server_info(), self._ask)
            self.line.known = server, fence_of(server, seconds, self._ask)
        return self.line.known

    def _ask(self, sql: str) -> Rows:
        with self._raw.cursor() as cursor:
            cursor.execute(sql)
            rows: Rows = cursor.fetchall()
            return rows

    def _prepared(self) -> Rows:
        """What the server said to the last command that was sent ahead.

        A connection that was not cleared, or took not all of it, is as good as lost.
        """
        line = self.line
        try:
            line.answers = mysql_answers.read(self._raw, line.unread, line.answers)
        except pymysql.Error as error:
            raise pymysql.OperationalError(CR.CR_SERVER_LOST, f"not cleared: {error}") from error
        line.unread = 0
        return line.answers.last

    def _send(self, *commands: bytes) -> None:
        """All at once: one wait for the answers, not many."""
        self._raw._write_bytes(b"".join(itertools.chain.from_iterable(map(_packets, commands))))

    def _begin(self, sql: str, *, last: bool) -> MySQLResult:
        """The statement goes out right behind what is due before it; one wait for both answers."""
        due, self._due, self._cleared = self._due, (), last
        statement = _query(sql)
        self._unheard = True
        self._send(*due, statement, *(self._clearing() if last else ()))
        for _ in due:
            answer(self._raw)
            self.proven = True
        # A net under the deadline: a cut network must not hold a thread for ever.
        self._wait_at_most(self._seconds + 2 * CONNECT_SECONDS)
        self._raw._next_seq_id = (len(statement) // _LONGEST_PACKET + 1) % 256
        result = MySQLResult(self._raw)
        result.init_unbuffered_query()
        self.proven, self._unheard = True, False
        return result

    def _clearing(self) -> tuple[bytes, ...]:
        """Everything of this session forgotten, and the settings of the next one made."""
        _, fence = self._known(self._seconds)
        return _ROLLBACK, _RESET_CONNECTION, *_ahead(fence)

    def _wait_at_most(self, seconds: float) -> None:
        # PyMySQL takes them at the start only.
        self._raw._read_timeout = self._raw._write_timeout = self._raw._current_timeout = seconds
        if self._raw._sock is not None:
            self._raw._sock.settimeout(seconds)

    def admit(self, sql: str) -> None:
        self._admitted = admit(self, sql, self._policy)

    def stream(self, sql: str, *, last: bool = False) -> Stream:
        if self._cleared:
            raise RuntimeError("the last statement of this session has been sent")
        self._finish()
        self._set_running(True)
        result = self._begin(sql, last=last)
        if not result.unbuffered_active:
            return TypedStream((), iter(()))
        result.unbuffered_active, result.connection = False, None  # the rows are ours to read
        self._packets = packets(self._raw)
        self._check_origins(result.fields)
        hidden = self._hidden(result.fields)
        converters = [hide if field in hidden else converter(field) for field in result.fields]
        columns = tuple(
            Column(field.name, "text" if field in hidden else kind_of_column(field))
            for field in result.fields
        )
        return TypedStream(columns, (cells(packet, converters) for packet in self._packets))

    def _hidden(self, fields: Sequence[Any]) -> frozenset[Any]:
        """The masked columns, by the origin that the server tells."""
        mask = self._policy.mask
        return frozenset(
            field
            for field in fields
            if mask.columns
            and mask.hides(field.db.decode(), field.org_table, field.org_name, field.name)
        )

    def _check_origins(self, fields: Sequence[Any]) -> None:
        """A net under the reading of names: where the columns come from, as the server tells it."""
        if self._admitted is not None:
            origins = [(field.db.decode(), field.org_table, field.org_name) for field in fields]
            self._policy.closed.check_origins(origins, self._admitted)

    def stop(self) -> bool:
        self._stopped = True
        return aside.elsewhere(self._end_statement)

    def _end_statement(self) -> bool:
        with self._guard:
            try:
                return self._running and self._kill()
            except (pymysql.Error, DatabaseToolError) as error:
                log.warning("statement not stopped: %s", error)
                return False

    def _kill(self) -> bool:
        """From a connection of its own, since the pool may be empty just now."""
        spare = self._spare()
        try:
            number = self._raw.thread_id()
            if running := _is_running(spare, number):
                spare.query(f"KILL QUERY {number}")
        finally:
            spare.close()
        return running

    def sever(self) -> None:
        """Cut the line to a server that no longer answers, so that who waits for it goes on."""
        with self._guard:
            if self._running and self._raw._sock is not None:
                with suppress(OSError):
                    self._raw._sock.shutdown(socket.SHUT_RDWR)

    def discard(self) -> None:
        """Never give this connection to anybody again."""
        self._finish()
        self.line.close()

    def leave(self) -> bool:
        """Clear the connection, where that has not been asked for yet.

        Can it be used again? Its next session hears whether the server did so.
        """
        if not self.line.closed:
            self._finish()
            if self._stopped or self._unheard or not self._clear():
                self.line.close()
        return not self.line.closed

    def _clear(self) -> bool:
        if self.line.known is None:
            return False
        commands = self._clearing()
        try:
            if not self._cleared:
                self._send(*commands)
        except pymysql.Error:
            return False
        self.line.unread = len(commands)
        return True

    def _finish(self) -> None:
        """Take what the server sent already, where the connection will be used again."""
        self._set_running(False)
        left, self._packets = self._packets, iter(())
        if not self._stopped:
            with suppress(pymysql.Error):
                for _ in left:
                    pass

    def _set_running(self, running: bool) -> None:
        """Whoever is killing just now holds the guard, and may do so for long."""
        if not self._guard.acquire(blocking=False):
            aside.elsewhere(self._guard.acquire)
        self._running = running
        self._guard.release()


def _ahead(fence: Fence) -> Iterator[bytes]:
    return map(_query, fence.ahead)


def _query(statement: str) -> bytes:
    return _QUERY + statement.encode("utf-8", "surrogateescape")


def _packets(command: bytes) -> Iterator[bytes]:
    """The command as the line carries it: in numbered pieces, the last one not of full length."""
    for number, at in enumerate(range(0, len(command) + 1, _LONGEST_PACKET)):
        piece = command[at : at + _LONGEST_PACKET]
        yield pack("<I", len(piece) | number % 256 << 24) + piece


def _is_running(spare: Any, number: int) -> bool:
    """Does thread `number` still run a statement? SHOW PROCESSLIST is what every server knows.

    information_schema fails on MySQL at an emoji, performance_schema is switched off on Aurora.
    """
    spare.use_unicode = False  # a statement of somebody else may hold any bytes
    with spare.cursor() as cursor:
        cursor.execute("SHOW PROCESSLIST")
        names = [column[0].lower() for column in cursor.description]
        id_, command = names.index("id"), names.index("command")
        return (str(number).encode(), b"Query") in [
            (row[id_], row[command]) for row in cursor.fetchall()
        ]
