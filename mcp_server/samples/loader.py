"""Loads a sample into an empty database: MySQL, MariaDB or an SQLite file, all or nothing.

Data definition commits by itself on MySQL, so what was made is dropped again when the load
breaks off. An SQLite file is made aside and moved into place when it is complete.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData, create_engine, inspect
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from mcp_server.errors import (
    AccessDenied,
    BadUrl,
    CannotWrite,
    DatabaseDown,
    DatabaseNotEmpty,
    NotSqlite,
    UnknownDatabase,
    UnknownSample,
)
from mcp_server.samples import sales, wordpress
from mcp_server.samples.ddl import create_statements
from mcp_server.samples.rows import Row

_BATCH = 5000  # rows; a statement of this size stays far below the smallest max_allowed_packet


@dataclass(frozen=True, slots=True)
class Sample:
    """A database made by rule. Its tables are declared parents first.

    `sql_mode`: the mode that a server must be in to take the tables as they are.
    """

    metadata: MetaData
    rows: Callable[[], dict[str, Sequence[Row]]]
    sql_mode: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows written so far, of all tables; `table` is being filled."""

    table: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sample that is in place. The URL is without its password."""

    name: str
    url: str
    row_counts: dict[str, int]


SAMPLES = {
    "sales": Sample(sales.METADATA, sales.rows),
    "wordpress": Sample(wordpress.METADATA, wordpress.rows, sql_mode=wordpress.SQL_MODE),
}


def load(name: str, url: str, on_progress: Callable[[Progress], None]) -> Loaded:
    """Load the sample into the empty database at `url`.

    Nothing is left behind when it fails or is interrupted. Raises UnknownSample, BadUrl,
    DatabaseNotEmpty, AccessDenied, UnknownDatabase, NotSqlite, CannotWrite, DatabaseDown.
    """
    sample, target = _sample(name), _target(url)
    with _our_errors(target):
        if tables := _tables(target):
            raise DatabaseNotEmpty(database=_shown(target), tables=len(tables))
        rows = sample.rows()
        with _place(_in_mode(target, sample.sql_mode)) as engine:
            _fill(engine, sample.metadata, rows, on_progress)
    return Loaded(name, _shown(target), {table: len(rows[table]) for table in rows})


def holds(name: str, url: str) -> bool:
    """Whether the database at `url` has the tables of the sample and no others.

    Raises what `load` raises, but for DatabaseNotEmpty.
    """
    sample, target = _sample(name), _target(url)
    with _our_errors(target):
        return _tables(target) == sorted(sample.metadata.tables)


def _sample(name: str) -> Sample:
    if name not in SAMPLES:
        raise UnknownSample(name=name, known=", ".join(SAMPLES))
    return SAMPLES[name]


def _target(url: str) -> URL:
    """The URL with our driver, and a password from KOTAE_DATABASE_PASSWORD if it has none."""
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        raise BadUrl(file="command line", key="--into") from None
    match target.drivername:
        case "sqlite" if target.database and target.database != ":memory:":
            return target.set(database=str(Path(target.database).expanduser().absolute()))
        case "mysql" | "mysql+pymysql" | "mariadb" | "mariadb+pymysql" if target.database:
            password = target.password or os.environ.get("KOTAE_DATABASE_PASSWORD")
            return target.set(drivername="mysql+pymysql", password=password)
    raise BadUrl(file="command line", key="--into")


def _in_mode(target: URL, sql_mode: str | None) -> URL:
    """The URL with the mode that each connection sets first; SQLite has none."""
    if sql_mode is None or _file(target):
        return target
    return target.update_query_dict({"init_command": f"SET SESSION sql_mode = '{sql_mode}'"})


def _shown(target: URL) -> str:
    """The URL without driver and password."""
    shown = URL.create(
        target.get_backend_name(),
        target.username,
        host=target.host,
        port=target.port,
        database=target.database,
    )
    return shown.render_as_string()


def _file(target: URL) -> Path | None:
    """The file of an SQLite database."""
    is_file = target.get_backend_name() == "sqlite"
    return Path(target.database or "") if is_file else None


@contextmanager
def _opened(target: URL) -> Iterator[Engine]:
    engine = create_engine(target, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def _tables(target: URL) -> list[str]:
    """Names of the tables and views that are there, sorted. Creates no file."""
    file = _file(target)
    if file and not file.exists():
        return []
    with _opened(target) as engine:
        found = inspect(engine)
        return sorted(found.get_table_names() + found.get_view_names())


@contextmanager
def _place(target: URL) -> Iterator[Engine]:
    """An engine to write with; an SQLite file takes its place only when all went well."""
    file = _file(target)
    if not file:
        with _opened(target) as engine:
            yield engine
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".kotae-", dir=file.parent) as folder:
        draft = Path(folder) / file.name
        with _opened(target.set(database=str(draft))) as engine:
            yield engine
        draft.replace(file)


def _fill(
    engine: Engine,
    metadata: MetaData,
    rows: dict[str, Sequence[Row]],
    on_progress: Callable[[Progress], None],
) -> None:
    with ExitStack() as undo:
        for table in metadata.tables.values():
            undo.callback(table.drop, engine, checkfirst=True)
            with engine.begin() as connection:
                for statement in create_statements(table, engine.dialect):
                    connection.exec_driver_sql(statement)
        _insert(engine, metadata, rows, on_progress)
        undo.pop_all()


def _insert(
    engine: Engine,
    metadata: MetaData,
    rows: dict[str, Sequence[Row]],
    on_progress: Callable[[Progress], None],
) -> None:
    done, total = 0, sum(map(len, rows.values()))
    for name, table in metadata.tables.items():
        columns = table.columns.keys()
        with engine.begin() as connection:
            for start in range(0, len(rows[name]), _BATCH):
                batch = rows[name][start : start + _BATCH]
                cells = [dict(zip(columns, row, strict=True)) for row in batch]
                connection.execute(table.insert(), cells)
                done += len(batch)
                on_progress(Progress(name, done, total))


@contextmanager
def _our_errors(target: URL) -> Iterator[None]:
    file = _file(target)
    try:
        yield
    except DBAPIError as error:
        raise (_file_error(file, error) if file else _server_error(target, error)) from error
    except OSError as error:
        raise CannotWrite(path=str(file), message=error.strerror or str(error)) from error


def _file_error(file: Path, error: DBAPIError) -> NotSqlite | CannotWrite:
    message = str(error.orig)
    kind = NotSqlite if message == "file is not a database" else CannotWrite
    return kind(path=str(file), message=message)


def _server_error(target: URL, error: DBAPIError) -> AccessDenied | UnknownDatabase | DatabaseDown:
    code, message = [*(error.orig.args if error.orig else ()), "", ""][:2]
    where, shown = f"{target.host or 'localhost'}:{target.port or 3306}", _shown(target)
    match code:
        case 1044 | 1045 | 1142 | 1698:
            return AccessDenied(where=where, user=target.username, connection=shown)
        case 1049:
            return UnknownDatabase(database=target.database, where=where, connection=shown)
        case _:
            return DatabaseDown(where=where, message=message or code)
