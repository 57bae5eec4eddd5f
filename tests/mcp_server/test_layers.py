"""Each layer of the read-only promise alone on real servers, the others switched off.

A proxy takes the other layers' words out of what we say to the server, or a plain connection
never says them. Where it is not plain to see, the attack is shown to work without the layer.
"""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pymysql
import pytest
from pymysql.constants import CLIENT
from sqlalchemy.engine import make_url

from mcp_server.connections import Connections
from mcp_server.errors import (
    FenceRefused,
    QueryTimedOut,
    SqlFailed,
)
from mcp_server.mysql import MySqlDatabase
from mcp_server.privileges import examine, reader_statements
from mcp_server.query import read
from mcp_server.sessions import Session
from mcp_server.settings import Limits, load
from tests.fixtures.mysql_proxy import COM_RESET_CONNECTION, OK, Rule, refusal, way_to
from tests.mcp_server.conftest import execute, tools
from tests.mcp_server.state import watching
from tests.mcp_server.test_fence import CHANGES, flavour
from tests.mcp_server.test_query import ENDLESS, running, until

WITHOUT_SESSION_LAYER = Rule(r", SESSION \w+_read_only = 1")
WITHOUT_TRANSACTION_LAYER = Rule("START TRANSACTION READ ONLY", rewrite="DO 0")
WITHOUT_TIME_LIMIT = Rule(r"SESSION max_\w+_time = [\d.]+, ")
OF_ROWS = [sql for sql in CHANGES if sql.startswith(("INSERT", "UPDATE", "DELETE", "SELECT"))]


@contextmanager
def session(url: str, *without: Rule, **environ: str) -> Iterator[Session]:
    """A session of ours that no statement policy guards, some layers taken away."""
    with way_to(url, *without) as way:
        connections = Connections(load(database=f"{way.url}?fence=available", environ=environ))
        with closing(connections), connections.get().session() as opened:
            yield opened


def test_without_any_layer_the_account_may_change_things(shop: str) -> None:
    with session(shop, WITHOUT_SESSION_LAYER, WITHOUT_TRANSACTION_LAYER) as opened:
        list(opened.stream("DROP TABLE log"))

        assert opened.missing == ("session",)


def test_the_session_layer_alone_stops_every_change(shop: str) -> None:
    with watching(shop) as watch:
        before = watch.state()
        for sql in CHANGES:
            with (
                pytest.raises(FenceRefused),
                session(shop, WITHOUT_TRANSACTION_LAYER) as opened,
            ):
                list(opened.stream(sql))

        assert watch.state() == before


def test_the_transaction_layer_alone_stops_every_change_of_rows(shop: str) -> None:
    with watching(shop) as watch:
        before = watch.state()
        for sql in OF_ROWS:
            with pytest.raises(FenceRefused), session(shop, WITHOUT_SESSION_LAYER) as opened:
                list(opened.stream(sql))

        assert watch.state() == before


def test_each_read_only_layer_stops_what_the_other_lets_through(mariadb: str) -> None:
    execute(mariadb, "CREATE TABLE log (a INT);\nCREATE TABLE other (a INT)")
    with session(mariadb, WITHOUT_SESSION_LAYER) as opened:
        list(opened.stream("DROP TABLE other"))
    lifted = "SET STATEMENT tx_read_only = 0 FOR INSERT INTO log VALUES (2)"
    with session(mariadb, WITHOUT_TRANSACTION_LAYER) as opened:
        list(opened.stream(lifted))

    for sql in ("DROP TABLE log", lifted):
        with pytest.raises(FenceRefused), session(mariadb) as opened:
            list(opened.stream(sql))


@pytest.fixture
def reader(shop: str) -> Iterator[str]:
    """The URL of the account that we suggest, under a name of its own."""
    connections = Connections(load(database=shop, environ={}))
    with closing(connections), connections.get().session() as opened:
        create, grant = reader_statements(opened, "default")
    name = f"kotae_{uuid4().hex[:8]}"
    for statement in (create, grant):
        execute(shop, statement.replace("kotae_reader", name).rstrip(";"))
    _, _, _, host, _, password, *_ = create.split("'")
    yield make_url(shop).set(username=name, password=password).render_as_string(False)
    execute(shop, f"DROP USER '{name}'@'{host}'")


def plain(url: str, **options: Any) -> "pymysql.connections.Connection[Any]":
    """A client that guards nothing."""
    parts = make_url(url)
    return pymysql.connect(
        host=parts.host,
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        database=parts.database,
        autocommit=True,
        **{"client_flag": CLIENT.MULTI_STATEMENTS, "local_infile": True} | options,
    )


def test_the_account_alone_stops_every_change_and_files(shop: str, reader: str) -> None:
    files = ["SELECT 1 INTO OUTFILE '/tmp/kotae_x'", "SET GLOBAL max_connections = 9"]
    with watching(shop) as watch:
        before = watch.state()
        with closing(plain(reader)) as connection, connection.cursor() as cursor:
            for sql in [*CHANGES, *files]:
                with pytest.raises(pymysql.Error, match=r"denied"):
                    cursor.execute(sql)
            cursor.execute("SELECT LOAD_FILE(CONCAT(@@datadir, '/auto.cnf'))")
            assert cursor.fetchall() == ((None,),)

        assert watch.state() == before


def test_an_account_is_graded_before_anything_is_asked(shop: str, reader: str) -> None:
    for url, grade in ((shop, "admin"), (reader, "reader")):
        connections = Connections(load(database=url, environ={}))
        with closing(connections), connections.get().session() as opened:
            found = examine(opened)

        assert found.account.grade == grade
        assert ("account" in found.layers) is (grade == "reader")


def test_the_connection_flags_alone_let_one_statement_through_and_no_local_file(
    shop: str, tmp_path: Path
) -> None:
    local = tmp_path / "rows"
    local.write_text("9\n", encoding="utf-8")
    attacks = (
        "SELECT 1; INSERT INTO log VALUES (9)",
        f"LOAD DATA LOCAL INFILE '{local}' INTO TABLE log",
    )
    settings = load(database=shop, environ={})
    bare: Any = MySqlDatabase(settings.connections["default"], settings.limits).connect()
    with closing(bare), bare.cursor() as cursor:
        for sql in attacks:
            with pytest.raises(pymysql.Error):
                cursor.execute(sql)
        cursor.execute("SELECT COUNT(*) FROM log WHERE a = 9")
        assert cursor.fetchall() == (("0",),)

    with closing(plain(shop)) as guarded_by_nothing, guarded_by_nothing.cursor() as cursor:
        cursor.execute(attacks[0])
        assert cursor.nextset()


def test_reset_alone_takes_away_what_a_statement_left_in_its_session(shop: str) -> None:
    with way_to(shop, Rule("ROLLBACK", answer=OK)) as way:
        assert left_behind(way.url) == (True, (None, None))


def test_a_connection_that_cannot_be_reset_is_not_used_again(shop: str) -> None:
    no_reset = Rule("", answer=refusal(1047, "Unknown command"), command=COM_RESET_CONNECTION)
    with way_to(shop, no_reset) as way:
        assert left_behind(way.url) == (False, (None, None))


def left_behind(url: str) -> tuple[bool, tuple[Any, ...]]:
    """Is the next session on the same connection, and does it see what the first one left?"""

    def leave(opened: Session) -> Any:
        [(number,)] = opened.stream("SELECT CONNECTION_ID()")
        list(opened.stream("SELECT GET_LOCK('kotae_lock', 0), @a := 7"))
        return number

    def look(opened: Session) -> tuple[Any, Any]:
        [(number,)] = opened.stream("SELECT CONNECTION_ID()")
        [left] = opened.stream("SELECT IS_USED_LOCK('kotae_lock'), @a")
        return number, left

    async def one_after_the_other() -> tuple[bool, tuple[Any, ...]]:
        first = await connections.run(connections.get(), leave)
        again, left = await connections.run(connections.get(), look)
        return first == again, left

    connections = Connections(load(database=url, environ={}))
    with closing(connections):
        return asyncio.run(one_after_the_other())


def test_rollback_alone_lets_go_of_the_tables_that_were_read(shop: str) -> None:
    no_reset = Rule("", answer=OK, command=COM_RESET_CONNECTION)
    with way_to(shop, no_reset) as way:
        connections = Connections(load(database=way.url, environ={}))
        with closing(connections):
            with connections.get().session() as opened:
                list(opened.stream("SELECT * FROM log"))
                with pytest.raises(pymysql.OperationalError, match="Lock wait"):
                    execute(shop, "SET SESSION lock_wait_timeout = 1;\nDROP TABLE log")

            execute(shop, "SET SESSION lock_wait_timeout = 1;\nDROP TABLE log")


def test_the_servers_own_time_limit_alone_ends_a_statement(shop: str) -> None:
    with (
        pytest.raises(QueryTimedOut),
        session(shop, KOTAE_LIMIT_SECONDS="0.5") as opened,
    ):
        list(opened.stream(ENDLESS))


async def test_the_deadline_alone_ends_a_statement_on_the_server(shop: str) -> None:
    with way_to(shop, WITHOUT_TIME_LIMIT) as way:
        async with tools(way.url, KOTAE_LIMIT_SECONDS="1") as client:
            result = await client.call_tool("query", {"sql": ENDLESS})

            assert result.meta is not None
            assert result.meta["kotae/error"]["code"] == "QueryTimedOut"
            await until(lambda: running(shop, ENDLESS) == 0)
    assert any("max_" in sql for sql in way.seen)


@pytest.mark.parametrize(
    ("limits", "cut", "kept"),
    [
        (Limits(rows=2), "rows", [("aaaa",)] * 2),
        (Limits(bytes=9), "bytes", [("aaaa",)] * 2),
        (Limits(cell=3), "cell", [("aaa…",)] * 5),
    ],
)
def test_each_cap_alone_cuts_a_result(limits: Limits, cut: str, kept: list[tuple[str]]) -> None:
    assert read([("aaaa",)] * 5, limits, limits.rows) == (kept, cut)


def test_no_layer_is_needed_for_an_honest_statement(shop: str) -> None:
    with session(shop) as opened:
        assert list(opened.stream("SELECT COUNT(*) FROM orders")) == [(3,)]
        assert opened.missing == ()
        assert opened.flavour == flavour(shop)


def test_an_error_of_the_statement_is_not_taken_for_the_fence(shop: str) -> None:
    with pytest.raises(SqlFailed), session(shop) as opened:
        list(opened.stream("SELECT nope"))
