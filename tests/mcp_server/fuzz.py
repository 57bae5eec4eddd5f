"""A fuzzer for the statement policy: what it lets through must change nothing.

Statements are built from pieces that readers of SQL disagree about: quotes, escapes, comments,
charsets, blanks. Those that the policy lets through run where nothing else stops them: with all
privileges, without the read-only fence, several statements allowed. A change is therefore a
statement that our lexer and the server read differently.

    python -m tests.mcp_server.fuzz 50000
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy.engine import make_url

from mcp_server.closed import CLOSED, Closed
from mcp_server.errors import PolicyRefused
from mcp_server.mysql_dialect import dialect_of
from mcp_server.policy import MYSQL_POLICY, Policy, check
from tests.fixtures.databases import empty_database, private_mariadb
from tests.mcp_server.conftest import SHOP, execute
from tests.mcp_server.state import Watch, watching

BATCH = 20
SECONDS = 0.2
BLANKS = [" ", "\t", "\n", "\r", "\r\n", "\v", "\f", "", "\u00a0", "\u3000", "\u200b", "\u0085"]
BLANKS += ["/**/", "/* */", "-- \n", "--\n", "#\n", "--\t\n", "/*/ */", "-- \r", "#\r", "--\x01\n"]
OPENERS = ["'", '"', "`", "/*", "/*!", "/*!50000 ", "/*!99999 ", "/*M!", "/*+ ", "-- ", "--", "#"]
OPENERS += [
    "N'",
    "x'",
    "b'",
    "_utf8mb4'",
    "_binary'",
    "_gbk'",
    "_sjis'",
    "$$",
    "$a$",
    "q'",
    "(",
    "{",
]
CLOSERS = [
    "'",
    '"',
    "`",
    "*/",
    "\n",
    "\r",
    "\n\r",
    "$$",
    "$a$",
    ")",
    "}",
    "",
    "\\",
    "''",
    '""',
    "``",
]
NOISE = ["a", "\\", "\\\\", "\\'", '\\"', "''", '""', "``", "*/", "/*", "--", "-- ", "#", ";", "表"]
NOISE += [
    "ソ",
    "\u00bf",
    "\u0300",
    "ſ",
    "😀",
    "\\0",
    "%",
    "_",
    "\\\n",
    "\n",
    "\r",
    "@",
    "$",
    "1",
    "",
]
NOISE += ["0x27", "1e", "1.", ".5", "0b1", "\\N", ":=", "{", "}", "\x00", "\x1a", "\x7f", "!", "+"]
PAYLOADS = [
    "; DROP TABLE log; ",
    "; INSERT INTO log VALUES (7); ",
    "; DELETE FROM orders; ",
    " INTO OUTFILE '{files}kotae_attack' ",
    "INTO DUMPFILE '{files}kotae_attack'",
    ", touch(7) ",
    "+`touch`(7)",
    ",{database}.touch(7)",
    ", GET_LOCK('kotae_lock', 0) ",
    ",`GET_LOCK`('kotae_lock', 0)",
    ", @a := 7 ",
    " INTO @a ",
    " FROM orders FOR UPDATE ",
    " FROM orders LOCK IN SHARE MODE ",
    " FROM orders WHERE id IN (SELECT touch(7)) ",
    " UNION SELECT touch(7) ",
]
HEADS = [
    "SELECT",
    "SELECT",
    "SELECT",
    "(SELECT",
    "WITH a AS (SELECT 1) SELECT",
    "VALUES ROW(",
    "SHOW",
]
HEADS += [
    "EXPLAIN SELECT",
    "TABLE",
    "DESC",
    "INSERT INTO log SELECT",
    "/*!SELECT*/",
    "DO",
    "SET @a =",
]
WORDS = [
    "1",
    "'x'",
    "id",
    "*",
    "log",
    "FROM orders",
    "orders",
    "1.",
    "1e5",
    "NULL",
    "a.b",
    "AS a",
    ",",
]
WORDS += [
    "WHERE 1",
    "LIMIT 1",
    "UNION SELECT 1",
    "IN (1)",
    "CAST(1 AS CHAR)",
    "touch",
    "(7)",
    "sleep",
]
TAILS = [
    "",
    "",
    "",
    ";",
    ";;",
    " -- ",
    "#",
    " /*",
    "*/",
    "'",
    '"',
    "`",
    ")",
    "\x00",
    "\\",
    "-- '\n",
]


@dataclass(frozen=True, slots=True)
class Report:
    """How many statements were made, how many the policy let through and the server ran."""

    cases: int
    passed: int
    ran: int
    changed: tuple[str, ...]


def statement(dice: random.Random) -> str:
    """One statement; the slots {database} and {files} are still open."""
    parts = [dice.choice(HEADS), dice.choice(BLANKS[:8])]
    for _ in range(dice.randint(1, 4)):
        match dice.randrange(4):
            case 0:
                parts.append(dice.choice(WORDS))
            case 1:
                parts += _wrapped(dice)
            case 2:
                parts += [dice.choice(OPENERS), *_noise(dice), dice.choice(CLOSERS)]
            case 3:
                parts.append(dice.choice(PAYLOADS))
        parts.append(dice.choice(BLANKS))
    return "".join([*parts, dice.choice(TAILS)])


def _wrapped(dice: random.Random) -> list[str]:
    """A payload inside something that looks closed to one reader and open to another."""
    pair = dice.randrange(6)
    inside = [*_noise(dice), dice.choice(PAYLOADS), *_noise(dice)]
    return [OPENERS[pair % 4], *inside, CLOSERS[pair % 4], dice.choice(["", ",", " "])]


def _noise(dice: random.Random) -> list[str]:
    return [dice.choice(NOISE) for _ in range(dice.randint(0, 3))]


def fuzz(
    url: str, cases: int, seed: int, on_progress: Callable[[int, int], None] = lambda *_: None
) -> Report:
    """Run `cases` statements against the shop in the empty database of `url`."""
    execute(url, SHOP)
    dice, policy = random.Random(seed), _policy(url)
    passed = ran = 0
    changed: list[str] = []
    batch: list[str] = []
    with watching(url) as watch:
        slots = _slots(url)
        calm = watch.state()
        for case in range(1, cases + 1):
            sql = statement(dice).replace("{database}", slots[0]).replace("{files}", slots[1])
            if _allowed(sql, policy):
                batch.append(sql)
            if batch and (len(batch) == BATCH or case == cases):
                passed += len(batch)
                ran += _run(url, batch, watch, calm, changed)
                batch = []
            on_progress(case, passed + len(batch))
    return Report(cases, passed, ran, tuple(changed))


def _policy(url: str) -> Policy:
    return replace(MYSQL_POLICY, closed=Closed.of(CLOSED, make_url(url).database))


def _allowed(sql: str, policy: Policy) -> bool:
    try:
        check(sql, policy)
    except PolicyRefused:
        return False
    return True


def _slots(url: str) -> tuple[str, str]:
    with unfenced(url) as cursor:
        cursor.execute("SELECT DATABASE(), @@secure_file_priv")
        database, files = cursor.fetchone()
    return database, f"{files}/"


def _run(url: str, batch: list[str], watch: Watch, calm: dict[str, str], changed: list[str]) -> int:
    """Run the batch; a batch that changed something is told whole, for nothing can be undone."""
    ran = 0
    with unfenced(url) as cursor:
        for sql in batch:
            ran += _ran(cursor, sql)
        cursor.execute("SELECT @a")
        left = cursor.fetchone()
        if left != (None,) or watch.state() != calm:
            changed += batch
        cursor.execute("COMMIT")
    if watch.state() != calm and not changed:
        changed += batch
    return ran


def _ran(cursor: Any, sql: str) -> bool:
    try:
        cursor.execute(sql)
        while cursor.nextset():
            pass
    except (pymysql.Error, UnicodeError):
        return False
    return True


@contextmanager
def unfenced(url: str) -> Iterator[Any]:
    """A session that may do everything and holds what it locks; quoting and charset as ours."""
    parts = make_url(url)
    with closing(
        pymysql.connect(
            host=parts.host,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            database=parts.database,
            charset="utf8mb4",
            client_flag=CLIENT.MULTI_STATEMENTS,
            read_timeout=60,
        )
    ) as connection:
        dialect = dialect_of(connection.get_server_info())
        cursor = connection.cursor()
        cursor.execute(f"SET sql_mode = '{dialect.sql_mode}', autocommit = 0")
        cursor.execute(f"SET {dialect.time_limit} = {SECONDS * dialect.seconds_unit:g}")
        yield cursor


def _tell(name: str, cases: int) -> Callable[[int, int], None]:
    def tell(case: int, passed: int) -> None:
        if case % 100 == 0 or case == cases:
            end = "\n" if case == cases else ""
            print(f"\r{name}: {case}/{cases}, {passed} let through", end=end, file=sys.stderr)

    return tell


def main(cases: int, seed: int) -> int:
    """Both servers, or MariaDB alone where no MySQL is named; 1 when anything changed."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as home, private_mariadb(Path(home)) as mariadb:
        servers = {"MariaDB": mariadb, "MySQL": os.environ.get("KOTAE_TEST_MYSQL_URL", "")}
        for name, admin_url in servers.items():
            if not admin_url:
                print(f"{name}: left out, KOTAE_TEST_MYSQL_URL is not set", file=sys.stderr)
                continue
            with empty_database(admin_url) as url:
                report = fuzz(url, cases, seed, _tell(name, cases))
            print(f"{name}\t{report.cases} cases\t{report.passed} let through\t{report.ran} ran")
            found += report.changed
    print(*map(repr, found), sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
