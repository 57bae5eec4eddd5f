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
from mcp_server.mysql_fence import SQL_MODES
from mcp_server.mysql_servers import identify
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
    """How many statements were made, how many the policy let through and the server ran.

    `changed` is what changed and the batch that did it; the first such batch ends the run.
    """

    cases: int
    passed: int
    ran: int
    changed: tuple[str, ...] = ()


def statement(dice: random.Random) -> str:
    """One statement; its slots {database} and {files} are still open."""
    return dice.choice([_wild, _plausible, _plausible])(dice)


def _wild(dice: random.Random) -> str:
    """Pieces in any order; most of them are nothing to any reader."""
    parts = [dice.choice(HEADS), dice.choice(BLANKS[:8])]
    for _ in range(dice.randint(1, 4)):
        match dice.randrange(3):
            case 0:
                parts.append(dice.choice(WORDS))
            case 1:
                parts += [dice.choice(OPENERS), *_noise(dice), dice.choice(CLOSERS)]
            case 2:
                parts.append(dice.choice(PAYLOADS))
        parts.append(dice.choice(BLANKS))
    return "".join([*parts, dice.choice(TAILS)])


def _plausible(dice: random.Random) -> str:
    """SELECT of a few terms, as a server may well run it; the payload hides in one of them."""
    terms = [_term(dice) for _ in range(dice.randint(1, 3))]
    listed = dice.choice([",", ", ", ",\n", "/**/,"]).join(terms)
    source = dice.choice(["", "", " FROM log", " FROM(SELECT 1)t", "/**/FROM orders"])
    return f"SELECT{dice.choice(BLANKS[:7])}{listed}{source}{_comment(dice)}{dice.choice(TAILS)}"


def _term(dice: random.Random) -> str:
    hidden = "".join([*_noise(dice), dice.choice(PAYLOADS), *_noise(dice)])
    match dice.randrange(6):
        case 0 | 1:
            quote = dice.choice(["'", '"'])
            prefix = dice.choice(["", "", "", "N", "_utf8mb4", "_binary", "_gbk", "_sjis", "x"])
            return f"{prefix}{quote}{hidden}{quote}"
        case 2:
            return f"1 AS `{hidden}`"
        case 3:
            return f"/*{dice.choice(['', ' ', '*', '+', '!'])}{hidden}*/1"
        case 4:
            return f"{dice.choice(['1', '.5', '1e1', '0x27', '0b1', '1.'])}{_comment(dice)}"
        case _:
            return dice.choice(WORDS)


def _comment(dice: random.Random) -> str:
    opener = dice.choice(["", "", "-- ", "--", "#", "--\t", "/*"])
    closer = {"/*": "*/", "": ""}.get(opener, dice.choice(["\n", "\r\n", "\r", "\x01\n"]))
    return f"{opener}{dice.choice(PAYLOADS)}{closer}" if opener else ""


def _noise(dice: random.Random) -> list[str]:
    return [dice.choice(NOISE) for _ in range(dice.randint(0, 3))]


def fuzz(
    url: str, cases: int, seed: int, on_progress: Callable[[int, int], None] = lambda *_: None
) -> Report:
    """Run `cases` statements against the shop in the empty database of `url`."""
    execute(url, SHOP)
    dice, policy = random.Random(seed), _policy(url)
    passed = ran = 0
    batch: list[str] = []
    with watching(url) as watch:
        _, calm = run(url, [], watch)
        for case in range(1, cases + 1):
            sql = statement(dice)
            if _allowed(sql, policy):
                batch.append(watch.filled(sql))
                passed += 1
            if len(batch) == BATCH or case == cases:
                more, after = run(url, batch, watch)
                ran += more
                if after != calm:
                    what = ", ".join(kind for kind in calm if after[kind] != calm[kind])
                    return Report(case, passed, ran, (what, *batch))
                batch = []
            on_progress(case, passed)
    return Report(cases, passed, ran)


def _policy(url: str) -> Policy:
    return replace(MYSQL_POLICY, closed=Closed.of(CLOSED, make_url(url).database))


def _allowed(sql: str, policy: Policy) -> bool:
    try:
        check(sql, policy)
    except PolicyRefused:
        return False
    return True


def run(url: str, batch: list[str], watch: Watch) -> tuple[int, dict[str, str]]:
    """How many statements ran; the state while their transaction is open, and after it."""
    with unfenced(url) as cursor:
        ran = sum([_ran(cursor, sql) for sql in batch])
        cursor.execute("SELECT @a")
        open_state = {"@a": str(cursor.fetchone())}
        open_state |= {f"open {kind}": digest for kind, digest in watch.state().items()}
        cursor.execute("COMMIT")
        return ran, open_state | watch.state()


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
        server = identify(connection.get_server_info(), {})
        cursor = connection.cursor()
        cursor.execute(f"SET sql_mode = '{SQL_MODES[server.flavour]}', autocommit = 0")
        cursor.execute(f"SET {server.limit.variable} = {server.limit.value(SECONDS)}")
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
