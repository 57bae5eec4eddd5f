"""Which server answers: MySQL, MariaDB, or another that speaks their protocol.

A server that takes a read-only statement does not always keep it, so reading back proves nothing
there. What other engines than MySQL's and MariaDB's own hold is what their makers say:

- TiDB parses START TRANSACTION READ ONLY "but still allows write operations" (its manual), and
  transaction_read_only "has only noop implementation" (error 1235 unless that is switched off).
- Vitess passes START TRANSACTION READ ONLY on since version 16, and ignores the variable
  ("a dangerous NOP", vitessio/vitess#4127).
- StarRocks and Doris know the variable for the sake of clients only (StarRocks/starrocks#37249).
- OceanBase's manuals contradict each other; SingleStore, Dolt and ClickHouse do not say.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mcp_server.sessions import Flavour

DESCRIBE = "SHOW VARIABLES WHERE Variable_name IN ('version_comment', 'aurora_version')"

SESSION, TRANSACTION, TIME_LIMIT = "session", "transaction", "time limit"
_BOTH = frozenset({SESSION, TRANSACTION})


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The variable that ends a long statement. `per_second` is its unit; MariaDB takes parts."""

    variable: str
    per_second: int
    whole: bool = True

    def value(self, seconds: float) -> str:
        """Never 0, which would mean no limit at all."""
        units = seconds * self.per_second
        return str(math.ceil(units)) if self.whole else f"{units:.10g}"


_MILLISECONDS = TimeLimit("max_execution_time", 1000)
_MARIADB_SECONDS = TimeLimit("max_statement_time", 1, whole=False)
_WHOLE_SECONDS = TimeLimit("query_timeout", 1)


@dataclass(frozen=True, slots=True)
class _Other:
    """An engine that is known by a word in its version or version_comment."""

    product: str
    word: str
    holds: frozenset[str] = frozenset()
    limit: TimeLimit = _MILLISECONDS


_OTHERS = (
    _Other("TiDB", "tidb"),
    _Other("Vitess", "vitess", holds=frozenset({TRANSACTION})),
    _Other("StarRocks", "starrocks", limit=_WHOLE_SECONDS),
    _Other("Doris", "doris", limit=_WHOLE_SECONDS),
    _Other("OceanBase", "oceanbase", limit=TimeLimit("ob_query_timeout", 1_000_000)),
    _Other("SingleStore", "singlestore"),
    _Other("SingleStore", "memsql"),
    _Other("Dolt", "dolt"),
    _Other("ClickHouse", "clickhouse"),
)


@dataclass(frozen=True, slots=True)
class Server:
    """`product` is its name, `flavour` whose SQL it speaks, `version` the one that it claims.

    `holds` are the read-only layers that it keeps once it took them.
    """

    product: str
    flavour: Flavour
    version: str
    holds: frozenset[str]
    limit: TimeLimit

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r"\d+", self.version)[:3])

    @property
    def read_only(self) -> str:
        """The variable of SET SESSION TRANSACTION READ ONLY; both servers renamed it once."""
        renamed = (11, 1, 1) if self.flavour == "mariadb" else (5, 7, 20)
        return "transaction_read_only" if self.numbers >= renamed else "tx_read_only"


def identify(announced: str, told: Mapping[str, str]) -> Server:
    """The server by the version of its greeting and what it answers to DESCRIBE."""
    version = announced.removeprefix("5.5.5-").split("-")[0].split(" ")[0]
    words = f"{announced} {told.get('version_comment', '')}".lower()
    for other in _OTHERS:
        if re.search(rf"(?<![a-z]){other.word}", words):
            return Server(other.product, "mysql", version, other.holds, other.limit)
    if "mariadb" in words:
        return Server("MariaDB", "mariadb", version, _BOTH, _MARIADB_SECONDS)
    product = "Aurora MySQL" if told.get("aurora_version") else "MySQL"
    return Server(product, "mysql", version, _BOTH, _MILLISECONDS)
