"""Where MySQL and MariaDB differ, and what their read-only fence says.

Both fences are needed: START TRANSACTION READ ONLY alone lets DDL through by implicit commit,
SET SESSION TRANSACTION READ ONLY alone can be lifted by SET STATEMENT on MariaDB.
"""

from dataclasses import dataclass

from pymysql.constants import FIELD_TYPE

from mcp_server.results import ColumnType
from mcp_server.sessions import Flavour

TRANSACTION_FENCE = "START TRANSACTION READ ONLY"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where MySQL and MariaDB differ. Each keeps its own default sql_mode, pinned."""

    flavour: Flavour
    sql_mode: str
    read_only: str
    time_limit: str
    seconds_unit: int
    more: str
    running: str
    """Does thread %s of this server still run a statement?"""

    def session_fence(self, seconds: float) -> str:
        """One SET for everything the guard relies on: charset, quoting, read only, time."""
        return (
            f"SET NAMES utf8mb4, SESSION sql_mode = '{self.sql_mode}', "
            f"SESSION {self.time_limit} = {seconds * self.seconds_unit:.10g}, "
            f"SESSION {self.read_only} = 1{self.more}"
        )

    @property
    def read_back(self) -> str:
        return (
            f"SELECT @@session.{self.read_only}, @@session.sql_mode, @@session.character_set_client"
        )


MYSQL = Dialect(
    flavour="mysql",
    sql_mode="ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    read_only="transaction_read_only",
    time_limit="max_execution_time",
    seconds_unit=1000,
    # Row estimates as they are now, not those of up to a day ago.
    more=", SESSION information_schema_stats_expiry = 0",
    # information_schema.PROCESSLIST fails on MySQL when any client's statement holds an emoji.
    running="SELECT COUNT(*) FROM performance_schema.processlist"
    " WHERE ID = %s AND COMMAND = 'Query'",
)
MARIADB = Dialect(
    flavour="mariadb",
    sql_mode="STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
    read_only="tx_read_only",
    time_limit="max_statement_time",
    seconds_unit=1,
    more="",
    running="SELECT COUNT(*) FROM information_schema.PROCESSLIST"
    " WHERE ID = %s AND COMMAND = 'Query'",
)

_KINDS: dict[int, ColumnType] = {
    **dict.fromkeys(
        (
            FIELD_TYPE.TINY,
            FIELD_TYPE.SHORT,
            FIELD_TYPE.LONG,
            FIELD_TYPE.LONGLONG,
            FIELD_TYPE.INT24,
            FIELD_TYPE.YEAR,
            FIELD_TYPE.BIT,
        ),
        "integer",
    ),
    **dict.fromkeys((FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL), "decimal"),
    **dict.fromkeys((FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE), "float"),
    **dict.fromkeys((FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE), "date"),
    **dict.fromkeys((FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP), "datetime"),
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.JSON: "json",
}


def dialect_of(server: str) -> Dialect:
    """The dialect of a server by the version it announces."""
    return MARIADB if "MariaDB" in server else MYSQL


def kind_of_column(type_code: int, width: int) -> ColumnType | None:
    """The column type; None for texts and binaries, which only their values tell apart."""
    if type_code == FIELD_TYPE.TINY and width == 1:
        return "boolean"
    return _KINDS.get(type_code)
