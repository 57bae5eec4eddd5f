"""MySQL and MariaDB: connections, the read-only fence, and stopping a statement for real."""

import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, cast

import pymysql
from pymysql.constants import CR, ER
from pymysql.converters import encoders
from pymysql.cursors import SSCursor
from sqlalchemy import create_engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import PoolProxiedConnection

from mcp_server.closed import Closed
from mcp_server.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseBusy,
    DatabaseDown,
    DatabaseToolError,
    FenceMissing,
    FenceRefused,
    QueryTimedOut,
    ServerUnverified,
    SettingUnreadable,
    SqlFailed,
    UnknownDatabase,
)
from mcp_server.masking import Mask
from mcp_server.mysql_dialect import TRANSACTION_FENCE, dialect_of, kind_of_column
from mcp_server.policy import MYSQL_POLICY
from mcp_server.reads import Reads
from mcp_server.results import Stream
from mcp_server.settings import ConnectionSettings, Limits
from mcp_server.tunnel import tunnel_of
from mcp_server.views import admit

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 5
_POOLED = 8
_RESET_CONNECTION = 0x1F

# By the server's or the client's number; everything else is the statement's fault.
_ERRORS: dict[int, type[DatabaseToolError]] = {
    **dict.fromkeys((ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 1698), AccessDenied),
    ER.BAD_DB_ERROR: UnknownDatabase,
    CR.CR_SSL_CONNECTION_ERROR: ServerUnverified,
    1792: FenceRefused,
    # Our own KILL QUERY; the time limit of MySQL, of MariaDB.
    **dict.fromkeys((ER.QUERY_INTERRUPTED, 3024, 1969), QueryTimedOut),
    **dict.fromkeys(
        (CR.CR_CONN_HOST_ERROR, CR.CR_CONNECTION_ERROR, CR.CR_UNKNOWN_HOST), DatabaseDown
    ),
    **dict.fromkeys(
        (CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, ER.SERVER_SHUTDOWN, 0), ConnectionLost
    ),
    **dict.fromkeys(
        (ER.CON_COUNT_ERROR, ER.TOO_MANY_USER_CONNECTIONS, ER.LOCK_WAIT_TIMEOUT), DatabaseBusy
    ),
}


class MySqlDatabase:
    """One MySQL or MariaDB database with a bounded pool."""

    explain = "EXPLAIN"
    layers: tuple[str, ...] = (
        "connection flags",
        "sql_mode",
        "session",
        "transaction",
        "policy",
        "limits",
    )

    def __init__(self, settings: ConnectionSettings, limits: Limits) -> None:
        self.settings, self._limits = settings, limits
        self.policy = replace(
            MYSQL_POLICY,
            stored=frozenset(name.lower() for name in settings.functions),
            closed=Closed.of(settings.deny, settings.url.database, settings.allow),
            mask=Mask.of(settings.mask, settings.url.database),
        )
        self._tunnel = tunnel_of(settings)
        self._engine = create_engine(
            "mysql+pymysql://",
            creator=self.connect,
            pool_size=_POOLED,
            max_overflow=0,
            pool_timeout=_CONNECT_SECONDS,
            pool_reset_on_return=None,  # MySqlSession resets the connection itself
        )

    def connect(self) -> DBAPIConnection:
        """A bare connection: no several statements, no local files, cells as the server writes."""
        url = self.settings.url
        connection: Any = pymysql.connect(
            defer_connect=True,
            # Through a tunnel too it is this name that a certificate must prove.
            host=url.host or "localhost",
            port=url.port or 3306,
            user=url.username,
            password=url.password or "",
            database=url.database or None,
            charset="utf8mb4",
            conv=encoders,
            client_flag=0,
            local_infile=False,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            # A net under the deadline: a cut network must not hold a thread for ever.
            read_timeout=self._limits.seconds + 2 * _CONNECT_SECONDS,
            ssl_disabled=self.settings.tls == "off",
            **self._options(),
        )
        connection.connect(self._tunnel.connect() if self._tunnel else None)
        return cast(DBAPIConnection, connection)

    def _options(self) -> dict[str, Any]:
        """The options of the URL. PyMySQL by itself takes any TLS and believes any server."""
        options: dict[str, Any] = dict(self.settings.url.query)
        if not self.settings.must_verify:
            return options
        try:
            context = ssl.create_default_context(cafile=options.get("ssl_ca"))
            if "ssl_cert" in options:
                context.load_cert_chain(options["ssl_cert"], options.get("ssl_key"))
        except OSError as error:
            raise SettingUnreadable(file="ssl_ca, ssl_cert", reason=str(error)) from error
        # The certificates that MySQL makes for itself are not strictly X.509.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        plain = {name: value for name, value in options.items() if not name.startswith("ssl_")}
        return plain | {"ssl": context}

    @contextmanager
    def session(self) -> Iterator["MySqlSession"]:
        session: MySqlSession | None = None
        try:
            session = self._open()
            yield session
        except pymysql.Error as error:
            if session is not None:
                session.discard()
            raise self._translated(error) from error
        except UnicodeDecodeError as error:
            message = "a column holds bytes that are no text: read it with HEX(...)"
            raise SqlFailed(number=0, message=message) from error
        except PoolExhausted as error:
            raise DatabaseBusy(where=self.settings.where, message=f"{_POOLED}/{_POOLED}") from error
        finally:
            if session is not None:
                session.close()

    def _open(self) -> "MySqlSession":
        """A fenced session; an idle connection that broke meanwhile is replaced once."""
        session = MySqlSession(self._engine.raw_connection(), self)
        try:
            session.enter_fence(self._limits.seconds)
        except pymysql.OperationalError as error:
            session.discard()
            if not isinstance(self._translated(error), ConnectionLost):
                raise
            self._engine.dispose()
            session = MySqlSession(self._engine.raw_connection(), self)
            session.enter_fence(self._limits.seconds)
        except pymysql.Error:
            session.discard()
            raise
        return session

    def close(self) -> None:
        self._engine.dispose()
        if self._tunnel:
            self._tunnel.close()

    def _translated(self, error: pymysql.Error) -> DatabaseToolError:
        number = error.args[0] if error.args else 0
        is_tls = isinstance(getattr(error, "original_exception", None), ssl.SSLError)
        kind = ServerUnverified if is_tls else _ERRORS.get(number, SqlFailed)
        return kind(
            number=number,
            message=str(error.args[1]) if len(error.args) > 1 else str(error),
            where=self.settings.where,
            connection=self.settings.name,
            user=self.settings.url.username or "",
            database=self.settings.url.database or "",
            seconds=self._limits.seconds,
        )


class MySqlSession:
    """One pooled connection inside the fence."""

    def __init__(self, pooled: PoolProxiedConnection, database: MySqlDatabase) -> None:
        self._pooled, self._database = pooled, database
        raw: Any = pooled.dbapi_connection
        self._raw = raw
        server: str = raw.get_server_info()
        self._dialect = dialect_of(server)
        self.flavour = self._dialect.flavour
        self.version = server.removeprefix("5.5.5-").split("-")[0]
        self._cursor: Any = None
        self._stopped = False
        self._admitted: Reads | None = None
        # Held while another thread kills: the statement cannot end and another one start.
        self._guard = threading.Lock()

    def enter_fence(self, seconds: float) -> None:
        """Raises FenceMissing when the server does not show the fence that it was given."""
        self._raw.query(self._dialect.session_fence(seconds))
        self._raw.query(TRANSACTION_FENCE)
        with self._raw.cursor() as cursor:
            cursor.execute(self._dialect.read_back)
            read_only, sql_mode, charset = cursor.fetchone()
        held = (read_only, set(sql_mode.split(",")), charset)
        if held != ("1", set(self._dialect.sql_mode.split(",")), "utf8mb4"):
            message = f"read only {read_only}, sql_mode {sql_mode}, charset {charset}"
            raise FenceMissing(where=self._database.settings.where, message=message)

    def admit(self, sql: str) -> None:
        self._admitted = admit(self, sql, self._database.policy)

    def stream(self, sql: str) -> Stream:
        with self._guard:
            self._cursor = self._raw.cursor(SSCursor)
        self._cursor.execute(sql)
        self._check_origins()
        description = self._cursor.description or ()
        return Stream(
            names=[column[0] for column in description],
            kinds=[kind_of_column(type_code=column[1], width=column[3]) for column in description],
            rows=self._cursor.fetchall_unbuffered(),
            kind_of=lambda value: "binary" if isinstance(value, bytes) else "text",
            hidden=self._hidden(),
        )

    def _hidden(self) -> frozenset[int]:
        """The masked columns of the statement that runs, by the origin that the server tells."""
        mask = self._database.policy.mask
        result = self._cursor._result  # PyMySQL keeps the origin of columns to itself
        if not mask.columns or result is None:
            return frozenset()
        return frozenset(
            at
            for at, field in enumerate(result.fields)
            if mask.hides(field.db.decode(), field.org_table, field.org_name, field.name)
        )

    def _check_origins(self) -> None:
        """A net under the reading of names: where the columns come from, as the server tells it."""
        if self._admitted is not None and self._cursor._result is not None:
            fields = self._cursor._result.fields
            origins = [(field.db.decode(), field.org_table, field.org_name) for field in fields]
            self._database.policy.closed.check_origins(origins, self._admitted)

    def stop(self) -> None:
        with self._guard:
            self._stopped = True
            if self._cursor is None:
                return
            try:
                self._kill()
            except pymysql.Error as error:
                log.warning("statement not stopped: %s", error)

    def _kill(self) -> None:
        """From a connection of its own, since the pool may be empty just now."""
        spare: Any = self._database.connect()
        try:
            with spare.cursor() as cursor:
                cursor.execute(self._dialect.running, (self._raw.thread_id(),))
                if cursor.fetchone() == ("1",):
                    cursor.execute("KILL QUERY %s", (self._raw.thread_id(),))
        finally:
            spare.close()

    def discard(self) -> None:
        """Never give this connection to anybody again."""
        self._finish()
        self._pooled.invalidate()

    def close(self) -> None:
        """Leave the fence: ROLLBACK, everything of the session forgotten, back to the pool."""
        if self._pooled.is_valid:
            self._finish()
            try:
                self._forget()
            except pymysql.Error:
                self._stopped = True
            if self._stopped:
                self._pooled.invalidate()
        self._pooled.close()

    def _forget(self) -> None:
        self._raw.rollback()
        # Drops locks, variables and temporary tables; PyMySQL has no public call for it.
        self._raw._execute_command(_RESET_CONNECTION, b"")
        self._raw._read_ok_packet()

    def _finish(self) -> None:
        """Take what the server sent already; a killed statement ends with an error."""
        with self._guard:
            cursor, self._cursor = self._cursor, None
        if cursor:
            with suppress(pymysql.Error):
                cursor.close()
