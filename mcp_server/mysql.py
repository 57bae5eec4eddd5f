"""MySQL and MariaDB: connections, the sessions on them, and what their errors mean."""

import io
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pymysql
from pymysql.constants import CLIENT, CR, ER
from pymysql.converters import encoders

from mcp_server import aside
from mcp_server.closed import Closed
from mcp_server.errors import (
    AccessDenied,
    ConnectionLost,
    ConnectionStale,
    DatabaseBusy,
    DatabaseDown,
    DatabaseToolError,
    FenceRefused,
    QueryTimedOut,
    ServerUnverified,
    SettingUnreadable,
    SqlFailed,
    UnknownDatabase,
)
from mcp_server.masking import Mask
from mcp_server.mysql_pool import Pool
from mcp_server.mysql_rows import PIECE
from mcp_server.mysql_session import CONNECT_SECONDS, MySqlSession
from mcp_server.policy import MYSQL_POLICY
from mcp_server.settings import ConnectionSettings, Limits
from mcp_server.tunnel import tunnel_of

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
_PLAIN_REFUSED = frozenset({ER.ACCESS_DENIED_ERROR, 1698, 3159})
"""Of an account, and of a server that requires TLS."""


class MySqlDatabase:
    """One MySQL or MariaDB database."""

    explain = "EXPLAIN"
    most_sessions = 8
    steps_aside = aside.POSSIBLE

    def __init__(self, settings: ConnectionSettings, limits: Limits) -> None:
        self.settings, self._limits = settings, limits
        self.policy = replace(
            MYSQL_POLICY,
            stored=frozenset(name.lower() for name in settings.functions),
            closed=Closed.of(settings.deny, settings.url.database, settings.allow),
            mask=Mask.of(settings.mask, settings.url.database),
        )
        self._plain = settings.tls == "off" or settings.tries_plain
        self._failure: DatabaseToolError | None = None
        self._reconnecting = threading.Lock()
        self._tunnel = tunnel_of(settings)
        self._pool = Pool(partial(aside.elsewhere, self._connect_once))

    def connect(self) -> Any:
        """A bare connection: no several statements, no local files, cells as the server writes.

        Raises DatabaseDown when what listens there does not greet as MySQL does, in time.
        """
        connection = self._opened()
        try:
            self._greet(connection)
        except pymysql.Error as error:
            if not (self.settings.tries_plain and _wants_tls(connection, error)):
                raise self._unanswered(error) from error
            self._plain = False
            return self.connect()
        return connection

    def _opened(self) -> Any:
        """Nothing is sent yet."""
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
            connect_timeout=CONNECT_SECONDS,
            # PyMySQL's connect_timeout ends with the TCP handshake.
            read_timeout=CONNECT_SECONDS,
            ssl_disabled=self._plain,
            **self._options(),
        )
        return connection

    def _greet(self, connection: Any) -> None:
        connection.connect(self._tunnel.connect() if self._tunnel else None)
        if aside.POSSIBLE:
            connection._rfile.close()
            connection._rfile = io.BufferedReader(aside.Incoming(connection._sock), PIECE)

    def _unanswered(self, error: pymysql.Error) -> DatabaseToolError:
        """PyMySQL calls it an internal error when the first bytes are no greeting."""
        found = self._translated(error)
        if isinstance(found, ConnectionLost) or isinstance(error, pymysql.InternalError):
            message = f"nothing there speaks MySQL within {CONNECT_SECONDS} s"
            return DatabaseDown(where=self.settings.where, message=message)
        return found

    def _connect_once(self) -> Any:
        """For the pool: while nobody answers, one asks again and the others share what it hears."""
        if not self._failure:
            return self._noted()
        known = self._failure
        with self._reconnecting:
            if self._failure in {known, None}:
                return self._noted()
            raise type(self._failure)(**self._failure.slots)

    def _noted(self) -> Any:
        try:
            connection = self.connect()
        except DatabaseToolError as error:
            self._failure = error
            raise
        self._failure = None
        return connection

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
    def session(self) -> Iterator[MySqlSession]:
        """Raises ConnectionStale when it was an idle connection, and that had broken meanwhile."""
        session = MySqlSession(self._pool.take(), self.settings, self.policy, self.connect)
        try:
            self._fence(session)
            yield session
        except pymysql.Error as error:
            session.discard()
            raise self._failed(session, error) from error
        except UnicodeDecodeError as error:
            message = "a column holds bytes that are no text: read it with HEX(...)"
            raise SqlFailed(number=0, message=message) from error
        finally:
            if session.leave():
                self._pool.keep(session.line)

    def _fence(self, session: MySqlSession) -> None:
        try:
            session.enter_fence(self._limits.seconds)
        except DatabaseToolError:
            session.discard()
            raise

    def _failed(self, session: MySqlSession, error: pymysql.Error) -> DatabaseToolError:
        found = self._translated(error)
        if session.proven or not isinstance(found, ConnectionLost):
            return found
        self._pool.clear()  # what broke this one may have broken all
        return ConnectionStale(**found.slots)

    def close(self) -> None:
        self._pool.close()
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


def _wants_tls(connection: Any, error: pymysql.Error) -> bool:
    """Was it refused because it came without TLS? An account that requires it is just denied."""
    offers = getattr(connection, "server_capabilities", 0) & CLIENT.SSL
    return bool(not connection.ssl and offers and error.args[0] in _PLAIN_REFUSED)
