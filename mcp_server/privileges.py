"""What the account may do beyond reading, and the statements that make one that only reads.

The other layers do not rely on the account; but files, for one, lie outside every transaction.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mcp_server.catalog_mysql import chosen_database
from mcp_server.errors import NotAServer
from mcp_server.schema import quoted
from mcp_server.sessions import Flavour, Session

Grade = Literal["reader", "writer", "admin"]

READER = "kotae_reader"
_READS = frozenset({"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "SHOW_ROUTINE"})
_WRITES = frozenset(
    {
        *("INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "TRIGGER", "EVENT"),
        *("REFERENCES", "CREATE VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE"),
        *("CREATE TEMPORARY TABLES", "LOCK TABLES", "DELETE HISTORY", "CREATE TABLESPACE"),
    }
)
_GRANT = re.compile(r"GRANT (?P<privileges>.+?) ON .+ TO ")
_ROLE = re.compile(r"GRANT (?P<roles>[`'].+) TO ")
_COLUMNS = re.compile(r"\([^)]*\)")
_WITH_GRANT = " WITH GRANT OPTION"


@dataclass(frozen=True, slots=True)
class Account:
    """`excess` is what it may do beyond reading, the most dangerous first.

    "writer" may change rows, structure or run stored routines; "admin" may touch files,
    accounts or the server.
    """

    user: str
    grade: Grade
    excess: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """What a look at a server tells before anything is asked of it."""

    flavour: Flavour
    version: str
    product: str
    charset: str
    sql_mode: str
    account: Account
    layers: tuple[str, ...]
    """The layers of the read-only promise that hold, the account among them if it only reads."""
    missing: tuple[str, ...]
    """The layers that this server does not give."""


def examine(session: Session) -> Examination:
    """Server, account and layers; an SQLite file has no accounts, and its fence is whole."""
    charset, mode, account = _told(session)
    reads = ("account",) if account.grade == "reader" else ()
    return Examination(
        flavour=session.flavour,
        version=session.version,
        product=session.product,
        charset=charset,
        sql_mode=mode,
        account=account,
        layers=(*reads, *session.layers),
        missing=session.missing,
    )


def _told(session: Session) -> tuple[str, str, Account]:
    """The server's charset and sql_mode, and the account."""
    if session.flavour == "sqlite":
        return "UTF-8", "", Account("", "reader", ())
    [(user, charset, mode)] = session.stream(
        "SELECT CURRENT_USER(), @@character_set_server, @@global.sql_mode"
    )
    return str(charset), str(mode), graded(str(user), grants(session))


def grants(session: Session) -> list[str]:
    """Every grant of the account, with those of all its roles, active or not."""
    lines = _lines(session, "SHOW GRANTS")
    roles = _roles(lines)
    if roles and session.flavour == "mysql":
        return lines + _lines(session, f"SHOW GRANTS FOR CURRENT_USER() USING {', '.join(roles)}")
    for role in roles:  # MariaDB shows the grants of a role to those who have taken it
        list(session.stream(f"SET ROLE {role}"))
        lines += _lines(session, "SHOW GRANTS")
    if roles:
        session.stop()  # it is no longer the session that others expect
    return lines


def graded(user: str, lines: Iterable[str]) -> Account:
    """The account that these GRANT statements make."""
    held = {privilege for line in lines for privilege in _privileges(line)}
    excess = held - _READS
    admin, writes = sorted(excess - _WRITES), sorted(excess & _WRITES)
    grade: Grade = "admin" if admin else "writer" if writes else "reader"
    return Account(user, grade, (*admin, *writes))


def reader_statements(session: Session, connection: str) -> list[str]:
    """CREATE USER and GRANT for an account that can read this database and nothing else.

    The password is new and stands in the statement only. Raises NotAServer for SQLite and
    NoDatabaseChosen when the URL names none.
    """
    if session.flavour == "sqlite":
        raise NotAServer(connection=connection)
    database = chosen_database(session, connection)
    [(host,)] = session.stream("SELECT SUBSTRING_INDEX(USER(), '@', -1)")
    account = f"'{READER}'@'{host}'"
    return [
        f"CREATE USER {account} IDENTIFIED BY '{secrets.token_urlsafe(18)}';",
        f"GRANT SELECT, SHOW VIEW ON {_pattern(session, database)}.* TO {account};",
    ]


def _lines(session: Session, sql: str) -> list[str]:
    return [str(line) for (line,) in session.stream(sql)]


def _roles(lines: Iterable[str]) -> list[str]:
    """Roles as GRANT writes them, quoted, so that they go back into SHOW GRANTS."""
    found = [_ROLE.match(line) for line in lines if " ON " not in line]
    return [role.strip() for match in found if match for role in match["roles"].split(",")]


def _privileges(line: str) -> set[str]:
    match = _GRANT.match(line)
    if match is None:
        return set()
    names = _COLUMNS.sub("", match["privileges"]).split(",")
    more = {"GRANT OPTION"} if line.endswith(_WITH_GRANT) else set()
    return {name.strip().upper() for name in names} | more


def _pattern(session: Session, database: str) -> str:
    """The database where GRANT reads "_" and "%" as wildcards, unless revokes are partial."""
    partial = list(session.stream("SHOW GLOBAL VARIABLES LIKE 'partial_revokes'"))
    if partial == [("partial_revokes", "ON")]:
        return quoted(database)
    return quoted(re.sub(r"([_%])", r"\\\1", database))
