"""The fence inside the server: read only twice, quoting and charset pinned, a time limit.

Both read-only layers are needed: START TRANSACTION READ ONLY alone lets DDL through by implicit
commit, the session's variable alone can be lifted by SET STATEMENT on MariaDB. The lexer relies
on quoting and charset, so without these nothing runs at all.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pymysql

from mcp_server.errors import FenceMissing
from mcp_server.mysql_answers import Rows
from mcp_server.mysql_servers import (
    DESCRIBE,
    SESSION,
    TIME_LIMIT,
    TRANSACTION,
    Server,
    identify,
)

TRANSACTION_FENCE = "START TRANSACTION READ ONLY"
ENGINE_LAYERS = frozenset({SESSION, TRANSACTION})

Ask = Callable[[str], Rows]
"""One statement to the server; its rows."""

_PINNED, _CONVENIENCE = "pinned", "convenience"
SQL_MODES = {
    "mysql": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "mariadb": "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
}
_OTHER_QUOTING = re.compile(r"ANSI_QUOTES|NO_BACKSLASH_ESCAPES|[^A-Z_,]")
_UNICODE = frozenset({"utf8mb4", "utf8mb3", "utf8"})
OF_THE_CLIENT = range(2000, 3000)


@dataclass(frozen=True, slots=True)
class Fence:
    """What every session on one connection is told, and asked back.

    `missing` are the layers that this server refuses, or takes without keeping them.
    """

    statements: tuple[str, ...]
    read_back: str
    missing: frozenset[str]

    @property
    def ahead(self) -> tuple[str, ...]:
        """What a session is told, and asked back, as soon as the one before has ended."""
        return self.statements[0], self.read_back

    @property
    def at_use(self) -> tuple[str, ...]:
        """What goes with the first statement: some servers fix here which rows it will see."""
        return self.statements[1:]

    def lacking(self, read_back: Rows, where: str) -> frozenset[str]:
        """The layers that a session lacks which answered this.

        Raises FenceMissing when the server would read quotes or characters otherwise than the
        lexer does.
        """
        [(sql_mode, charset, *read_only)] = read_back
        if _OTHER_QUOTING.search(sql_mode or "") or charset not in _UNICODE:
            raise FenceMissing(where=where, message=f"sql_mode {sql_mode}, charset {charset}")
        return self.missing | ({SESSION} if read_only != ["1"] else frozenset())


def server_of(greeting: str, ask: Ask) -> Server:
    """The server that greeted with this version."""
    told = _answered(DESCRIBE, ask) or ()
    return identify(greeting, {str(name).lower(): str(value) for name, value in told})


def fence_of(server: Server, seconds: float, ask: Ask) -> Fence:
    """The fence that this server takes: tried as a whole, then part by part.

    Raises pymysql.Error when the connection breaks meanwhile.
    """
    taken = _taken(_assignments(server, seconds), ask)
    begins = _takes(TRANSACTION_FENCE, ask)
    layers = {*taken, *([TRANSACTION] if begins else [])}
    settings = f"SET {', '.join(taken.values())}"
    asked = ["@@session.sql_mode", "@@session.character_set_client"]
    if SESSION in taken:
        asked.append(f"@@session.{server.read_only}")
    return Fence(
        statements=(settings, TRANSACTION_FENCE) if begins else (settings,),
        read_back=f"SELECT {', '.join(asked)}",
        missing=(ENGINE_LAYERS - (layers & server.holds)) | ({TIME_LIMIT} - layers),
    )


def _assignments(server: Server, seconds: float) -> dict[str, str]:
    """One SET for everything: what the server refuses of it is found out once a connection."""
    limit = server.limit
    more = {}
    if server.product in {"MySQL", "Aurora MySQL"} and server.numbers >= (8,):
        # Row estimates as they are now, not those of up to a day ago.
        more[_CONVENIENCE] = "SESSION information_schema_stats_expiry = 0"
    return {
        _PINNED: f"NAMES utf8mb4, SESSION sql_mode = '{SQL_MODES[server.flavour]}'",
        TIME_LIMIT: f"SESSION {limit.variable} = {limit.value(seconds)}",
        SESSION: f"SESSION {server.read_only} = 1",
        **more,
    }


def _taken(assignments: Mapping[str, str], ask: Ask) -> dict[str, str]:
    if _takes(f"SET {', '.join(assignments.values())}", ask):
        return dict(assignments)
    return {
        layer: text
        for layer, text in assignments.items()
        if layer == _PINNED or _takes(f"SET {text}", ask)
    }


def _takes(statement: str, ask: Ask) -> bool:
    return _answered(statement, ask) is not None


def _answered(statement: str, ask: Ask) -> Rows | None:
    """The rows, or None when the server refuses the statement."""
    try:
        return ask(statement)
    except pymysql.Error as error:
        number = error.args[0] if error.args else 0
        if not number or number in OF_THE_CLIENT:
            raise
        return None
