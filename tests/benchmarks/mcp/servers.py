"""Our server and its peers, each as its documentation starts it, on the same database."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.toolbox import environment, node, npm_package, with_node

_DATABASE_MCP = "database-mcp-mysql"


@dataclass(frozen=True, slots=True)
class Server:
    """How to start a server over stdio, and how to ask it a statement."""

    name: str
    command: tuple[str, ...]
    tool: str
    argument: str = "sql"
    settings: dict[str, str] = field(default_factory=dict)


def servers(database: str) -> Iterator[Server]:
    """Installed on the way where they are not there yet; ours comes first, then dbhub."""
    url = make_url(database)
    dsn = url.set(drivername="mysql").render_as_string(hide_password=False)
    parts = {
        "MYSQL_HOST": url.host or "",
        "MYSQL_PORT": str(url.port),
        "MYSQL_USER": url.username or "",
        "MYSQL_PASSWORD": url.password or "",
    }
    named = {**parts, "MYSQL_DATABASE": url.database or ""}
    ours = (sys.executable, "-P", "-m", "mcp_server")
    yield Server("kotae", ours, "query", settings={"KOTAE_DATABASE_URL": dsn})
    dbhub = _npm("@bytebase/dbhub", "1.4.0", "dbhub")
    yield Server("dbhub 1.4.0", (*dbhub, "--transport", "stdio", "--dsn", dsn), "execute_sql")
    benborla = _npm("@benborla29/mcp-server-mysql", "2.0.9", "mcp-server-mysql")
    by_parts = {**parts, "MYSQL_PASS": parts["MYSQL_PASSWORD"], "MYSQL_DB": url.database or ""}
    yield Server("benborla 2.0.9", benborla, "mysql_query", settings=by_parts)
    designcomputer = environment("mysql_mcp_server", "mysql_mcp_server==0.4.4")
    yield _python(designcomputer, "mysql_mcp_server", "designcomputer 0.4.4", "execute_sql", named)
    database_mcp = str(
        environment("database-mcp-mysql", "database-mcp-mysql==0.2.1") / _DATABASE_MCP
    )
    yield Server("database-mcp 0.2.1", (database_mcp,), "execute_sql", settings=named)
    alchemy = environment("mcp-alchemy", "mcp-alchemy==2026.10.15.202659", "pymysql")
    by_url = {"DB_URL": dsn.replace("mysql://", "mysql+pymysql://")}
    yield _python(alchemy, "mcp-alchemy", "mcp-alchemy 2026.10", "execute_query", by_url)


def surroundings(server: Server) -> dict[str, str]:
    return with_node(**server.settings)


def _npm(package: str, version: str, program: str) -> tuple[str, ...]:
    return (str(node()), str((npm_package(package, version) / program).resolve()))


def _python(programs: Path, program: str, name: str, tool: str, settings: dict[str, str]) -> Server:
    return Server(name, (str(programs / program),), tool, "query", settings)
