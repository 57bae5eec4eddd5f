"""Fills the index of values in the background: cheap queries, one table at a time, politely."""

import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import anyio

from mcp_server.connections import Connections
from mcp_server.errors import DatabaseToolError, ModelMustRepair
from mcp_server.folding import parts_of
from mcp_server.masking import Mask
from mcp_server.results import kind_of_value
from mcp_server.sampling import MOST_ROWS, members
from mcp_server.schema import ColumnInfo, Table, quoted
from mcp_server.sessions import Database, Session
from mcp_server.values import Values

log = logging.getLogger(__name__)

MOST_OF_A_COLUMN = 1000
_LONGEST_VALUE = 64
_TEXT = re.compile(r"(var|n|nvar)?char|(tiny)?text|enum", re.IGNORECASE)
_SECONDS_A_TABLE = 5
_SECONDS_FOR_OTHERS = 1.0
_SECONDS_BETWEEN_LOOKS = 0.05

Prepared = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Column:
    """The distinct values of a column, each with its parts; `cut` says that there are more."""

    name: str
    values: list[Prepared]
    cut: bool


async def fill(
    values: Values, tables: Iterable[Table], connections: Connections, database: Database
) -> None:
    """Look at every text column that is neither masked nor in a table too big; small tables first.

    What fails is left out, and everything after the database itself failed. Rests as long as it
    works, and gives way to the calls of others.
    """
    tasks = list(_tasks(tables, database.policy.mask))
    values.of = sum(len(columns) for _, columns in tasks)
    is_down = False
    for table, columns in tasks:
        if is_down or values.is_full or table.rows is None or table.rows > MOST_ROWS:
            values.leave_out(table.name, (column.name for column in columns))
            continue
        await _give_way(connections)
        started = time.perf_counter()
        found, failure = await _look(table, columns, connections, database)
        for column in found:
            values.add(table.name, column.name, column.values, column.cut)
            await anyio.sleep(0)
        values.leave_out(table.name, (column.name for column in columns[len(found) :]))
        is_down = failure is not None and not isinstance(failure, ModelMustRepair)
        await anyio.sleep(time.perf_counter() - started)
    values.finished = True


def _tasks(tables: Iterable[Table], mask: Mask) -> Iterator[tuple[Table, list[ColumnInfo]]]:
    """Tables with their text columns, small ones first: they hold the names of things."""
    for table in sorted(tables, key=lambda table: (table.rows or 0, table.name)):
        columns = [
            column
            for column in table.columns
            if _TEXT.match(column.type) and not mask.masked(table.name, column.name)
        ]
        if columns and table.kind == "table":
            yield table, columns


async def _give_way(connections: Connections) -> None:
    """Wait while calls run, though not for ever."""
    with anyio.move_on_after(_SECONDS_FOR_OTHERS):
        while connections.busy:
            await anyio.sleep(_SECONDS_BETWEEN_LOOKS)


async def _look(
    table: Table, columns: Sequence[ColumnInfo], connections: Connections, database: Database
) -> tuple[list[_Column], DatabaseToolError | None]:
    """The columns that were read in time, and what kept the others from it."""
    found: list[_Column] = []

    def work(session: Session) -> None:
        for column in columns:
            found.append(_distinct(session, table.name, column))

    try:
        with anyio.move_on_after(_SECONDS_A_TABLE):
            await connections.run(database, work)
    except DatabaseToolError as error:
        log.info("values of %s not indexed: %s", table.name, error)
        return found, error
    return found, None


def _distinct(session: Session, table: str, column: ColumnInfo) -> _Column:
    if column.type.startswith("enum("):
        return _Column(column.name, [*_prepared(members(column.type))], cut=False)
    start = f"SUBSTR({quoted(column.name)}, 1, {_LONGEST_VALUE + 1})"
    found = session.stream(
        f"SELECT DISTINCT {start} FROM {quoted(table)} "  # noqa: S608 - quoted
        f"WHERE {quoted(column.name)} IS NOT NULL LIMIT {MOST_OF_A_COLUMN + 1}"
    )
    texts = [str(value) for (value,) in found]
    short = (text for text in texts[:MOST_OF_A_COLUMN] if len(text) <= _LONGEST_VALUE)
    return _Column(column.name, [*_prepared(short)], cut=len(texts) > MOST_OF_A_COLUMN)


def _prepared(texts: Iterable[str]) -> Iterator[Prepared]:
    """Texts with their parts; dates and signs alone are not looked for by words."""
    for text in texts:
        parts = parts_of(text)
        if parts and kind_of_value(text) == "text":
            yield text, parts
