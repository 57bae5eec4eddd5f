"""One statement run and read up to the caps; the statement itself is never changed."""

import time
from collections.abc import Iterable

from mcp_server.connections import Connections
from mcp_server.policy import check
from mcp_server.results import Cell, Cut, QueryResult
from mcp_server.sessions import Database, Session
from mcp_server.settings import Limits

_BRIEF = 16 * 1024
"""Characters that every connection takes at once."""


async def run_query(
    connections: Connections,
    limits: Limits,
    sql: str,
    connection: str | None = None,
    max_rows: int | None = None,
) -> QueryResult:
    """Run `sql` when the policy lets it. At most `limits.rows` rows, fewer if `max_rows` says so.

    Raises DatabaseToolError.
    """
    database = connections.get(connection)
    check(sql, database.policy)
    return await _run(connections, limits, database, sql, max_rows)


async def explain_query(
    connections: Connections, limits: Limits, sql: str, connection: str | None = None
) -> QueryResult:
    """The plan of a query that the policy would let run; it is not run.

    Raises DatabaseToolError.
    """
    database = connections.get(connection)
    check(sql, database.policy)
    return await _run(connections, limits, database, f"{database.explain} {sql}")


async def _run(
    connections: Connections,
    limits: Limits,
    database: Database,
    sql: str,
    max_rows: int | None = None,
) -> QueryResult:
    most_rows = min(max_rows or limits.rows, limits.rows)

    def work(session: Session) -> QueryResult:
        started = time.perf_counter()
        session.admit(sql)
        stream = session.stream(sql, last=True)
        rows, truncated = read(stream, limits, most_rows)
        if truncated in {"rows", "bytes"}:
            session.stop()
        elapsed = round((time.perf_counter() - started) * 1000, 1)
        name = database.settings.name
        return QueryResult(stream.columns, tuple(rows), truncated, elapsed, sql, name)

    return await connections.run(database, work, brief=len(sql) <= _BRIEF)


def read(
    stream: Iterable[tuple[Cell, ...]], limits: Limits, most_rows: int
) -> tuple[list[tuple[Cell, ...]], Cut | None]:
    """Rows up to the caps, and the cap that cut them.

    One row more than `most_rows` is taken, so that "more exist" is a fact and not a guess.
    """
    rows: list[tuple[Cell, ...]] = []
    size = 0
    cut: Cut | None = None
    shape = ""
    for whole in stream:
        row = whole
        shape = shape or "%s" * len(row)
        if len(rows) == most_rows:
            return rows, "rows"
        text = shape % row
        if len(text) > limits.cell:  # only then can one of its cells be longer
            row = tuple(_shortened(cell, limits.cell) for cell in whole)
            cut, text = "cell" if row != whole else cut, shape % row
        size += len(text) if text.isascii() else len(text.encode())
        if size > limits.bytes:
            return rows, "bytes"
        rows.append(row)
    return rows, cut


def _shortened(cell: Cell, most: int) -> Cell:
    return cell[:most] + "…" if isinstance(cell, str) and len(cell) > most else cell
