import sqlite3
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

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
from mcp_server.samples.loader import Progress, holds, load
from tests.fixtures.databases import free_port


def _quietly(_: Progress) -> None:
    """Progress that nobody watches."""


def _interrupt_at_orders(progress: Progress) -> None:
    if progress.table == "orders":
        raise KeyboardInterrupt


def _names(url: str) -> list[str]:
    engine = create_engine(url)
    names = inspect(engine).get_table_names() + inspect(engine).get_view_names()
    engine.dispose()
    return names


def test_progress_grows_to_the_number_of_rows_that_were_loaded(tmp_path: Path) -> None:
    seen: list[Progress] = []
    loaded = load("sales", f"sqlite:///{tmp_path / 'sales.db'}", seen.append)
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1].done == seen[-1].total == sum(loaded.row_counts.values())
    assert {step.table for step in seen} == set(loaded.row_counts)


def test_a_folder_on_the_way_to_the_file_is_made_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "sales.db"
    assert load("sales", f"sqlite:///{file}", _quietly).url == f"sqlite:///{file}"
    assert list(file.parent.iterdir()) == [file]


def test_an_empty_file_counts_as_an_empty_database(tmp_path: Path) -> None:
    file = tmp_path / "sales.db"
    file.touch()
    load("sales", f"sqlite:///{file}", _quietly)
    assert holds("sales", f"sqlite:///{file}")


def test_holds_tells_the_sample_from_nothing_and_from_something_else(
    tmp_path: Path, sales_sqlite: Path
) -> None:
    file = tmp_path / "other.db"
    assert not holds("sales", f"sqlite:///{file}")
    assert not file.exists()
    _make_note_table(file)
    assert not holds("sales", f"sqlite:///{file}")
    assert holds("sales", f"sqlite:///{sales_sqlite}")


def _make_note_table(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE notes (id INTEGER)")
    database.close()


def test_an_sqlite_file_that_holds_a_table_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "mine.db"
    _make_note_table(file)
    before = file.read_bytes()
    with pytest.raises(DatabaseNotEmpty, match=r"mine\.db is not empty: it holds 1 table"):
        load("sales", f"sqlite:///{file}", _quietly)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_server_database_that_holds_a_view_is_refused_and_stays_as_it_was(
    server_database: str,
) -> None:
    engine = create_engine(server_database)
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW notes AS SELECT 1 AS one"))
    engine.dispose()
    with pytest.raises(DatabaseNotEmpty):
        load("sales", server_database, _quietly)
    assert _names(server_database) == ["notes"]


def test_an_interrupted_load_leaves_a_server_database_empty(server_database: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        load("sales", server_database, _interrupt_at_orders)
    assert _names(server_database) == []


def test_an_interrupted_load_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        load("sales", f"sqlite:///{tmp_path / 'sales.db'}", _interrupt_at_orders)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "postgresql://me@localhost/sales",
        "mysql://root@127.0.0.1:3306",
        "mysql://root@127.0.0.1:port/sales",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(BadUrl, match="mysql://USER@HOST/DATABASE"):
        load("sales", url, _quietly)


def test_an_unknown_sample_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownSample, match="Samples: sales"):
        load("sails", f"sqlite:///{tmp_path / 'x.db'}", _quietly)


def test_a_missing_database_is_named(mariadb_admin: str) -> None:
    with pytest.raises(UnknownDatabase, match="there is no database nowhere"):
        load("sales", f"{mariadb_admin}nowhere", _quietly)


def test_a_wrong_password_is_said_without_showing_it(server_database: str) -> None:
    url = make_url(server_database).set(username="nobody", password="s3cret-word")
    with pytest.raises(AccessDenied, match="refused user nobody") as refusal:
        load("sales", url.render_as_string(hide_password=False), _quietly)
    assert "s3cret-word" not in str(refusal.value)


def test_a_right_to_read_alone_is_not_enough(mariadb_admin: str, mariadb: str) -> None:
    user, database = f"reader_{uuid.uuid4().hex[:8]}", make_url(mariadb).database
    engine = create_engine(mariadb_admin)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE USER {user}@'127.0.0.1'"))
        connection.execute(text(f"GRANT SELECT ON {database}.* TO {user}@'127.0.0.1'"))
    engine.dispose()
    url = make_url(mariadb).set(username=user)
    with pytest.raises(AccessDenied, match=f"refused user {user}"):
        load("sales", url.render_as_string(hide_password=False), _quietly)
    assert _names(mariadb) == []


def test_a_server_that_is_down_is_named_with_its_port() -> None:
    port = free_port()
    with pytest.raises(DatabaseDown, match=f"no database answers at 127.0.0.1:{port}"):
        load("sales", f"mysql://root@127.0.0.1:{port}/sales", _quietly)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear database, " * 100, encoding="utf-8")
    with pytest.raises(NotSqlite, match=r"letter\.txt is not an SQLite database"):
        load("sales", f"sqlite:///{file}", _quietly)


@pytest.mark.parametrize("place", ["letter.txt/sales.db", "."])
def test_a_place_where_no_file_can_be_made_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "letter.txt").touch()
    with pytest.raises(CannotWrite, match=r"cannot be written"):
        load("sales", f"sqlite:///{tmp_path / place}", _quietly)


def test_the_password_may_come_from_the_environment(
    sales_mysql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(sales_mysql)
    if not url.password:
        pytest.skip("this administrator has no password")
    monkeypatch.setenv("KOTAE_DATABASE_PASSWORD", url.password)
    bare = f"mysql://{url.username}@{url.host}:{url.port}/{url.database}"
    assert holds("sales", bare)
