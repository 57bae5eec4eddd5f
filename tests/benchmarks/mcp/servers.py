"""Our server and its peers, each as its documentation starts it, on the same database."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.engine import URL, make_url

from tests.toolbox import environment, node, npm_package, with_node


@dataclass(frozen=True, slots=True)
class Server:
    """How to start a server over stdio, and how to ask it a statement."""

    name: str
    command: tuple[str, ...]
    tool: str
    argument: str = "sql"
    settings: dict[str, str] = field(default_factory=dict)


def servers(database: str) -> Iterator[Server]:
    """Installed on the way where they are not there yet; ours comes first, then dbhub.

    A peer that cannot be installed is left out, and says why on standard error.
    """
    url = make_url(database)
    ours = (sys.executable, "-P", "-m", "mcp_server")
    yield Server("kotae", ours, "query", settings={"KOTAE_DATABASE_URL": _dsn(url)})
    for peer in (_dbhub, _benborla, _designcomputer, _database_mcp, _alchemy):
        try:
            yield peer(url)
        except subprocess.CalledProcessError as error:
            print(f"kotae: {peer.__name__[1:]} is left out: {error}", file=sys.stderr)


def surroundings(server: Server) -> dict[str, str]:
    return with_node(**server.settings)


def _dbhub(url: URL) -> Server:
    command = _npm("@bytebase/dbhub", "1.4.0", "dbhub")
    return Server(
        "dbhub 1.4.0", (*command, "--transport", "stdio", "--dsn", _dsn(url)), "execute_sql"
    )


def _benborla(url: URL) -> Server:
    command = _npm("@benborla29/mcp-server-mysql", "2.0.9", "mcp-server-mysql")
    parts = _parts(url)
    more = {"MYSQL_PASS": parts["MYSQL_PASSWORD"], "MYSQL_DB": parts["MYSQL_DATABASE"]}
    return Server("benborla 2.0.9", command, "mysql_query", settings=parts | more)


def _designcomputer(url: URL) -> Server:
    program = environment("mysql_mcp_server", "mysql_mcp_server==0.4.4") / "mysql_mcp_server"
    return Server("designcomputer 0.4.4", (str(program),), "execute_sql", "query", _parts(url))


def _database_mcp(url: URL) -> Server:
    program = environment("database-mcp-mysql", "database-mcp-mysql==0.2.1") / "database-mcp-mysql"
    return Server("database-mcp 0.2.1", (str(program),), "execute_sql", settings=_parts(url))


def _alchemy(url: URL) -> Server:
    version = "mcp-alchemy==2026.10.15.202659"
    program = environment("mcp-alchemy", version, "pymysql") / "mcp-alchemy"
    settings = {"DB_URL": _dsn(url).replace("mysql://", "mysql+pymysql://")}
    return Server("mcp-alchemy 2026.10", (str(program),), "execute_query", "query", settings)


def _dsn(url: URL) -> str:
    return url.set(drivername="mysql").render_as_string(hide_password=False)


def _parts(url: URL) -> dict[str, str]:
    return {
        "MYSQL_HOST": url.host or "",
        "MYSQL_PORT": str(url.port),
        "MYSQL_USER": url.username or "",
        "MYSQL_PASSWORD": url.password or "",
        "MYSQL_DATABASE": url.database or "",
    }


def _npm(package: str, version: str, program: str) -> tuple[str, ...]:
    return (str(node()), str((npm_package(package, version) / program).resolve()))
