"""The layer that makes server and lexer read alike: quoting and charset, pinned and read back."""

from contextlib import closing

import pytest

from mcp_server.errors import FenceMissing
from mcp_server.policy import MYSQL_POLICY, check
from tests.fixtures.mysql_proxy import Rule
from tests.mcp_server.conftest import admin
from tests.mcp_server.test_layers import plain, session

# What the lexer takes for one harmless string, and a server of another mind for a call.
DISPUTED = [
    ("sql_mode = 'NO_BACKSLASH_ESCAPES'", r"SELECT '\', GET_LOCK(0x6b6f, 0) -- '"),
    ("sql_mode = 'ANSI_QUOTES'", r"""SELECT 1 AS "\", GET_LOCK(0x6b6f, 0) -- " """),
    ("character_set_client = gbk", r"SELECT 'あ\', GET_LOCK(0x6b6f, 0) -- '"),
]


@pytest.mark.parametrize(("setting", "sql"), DISPUTED)
def test_the_pinned_session_alone_makes_the_server_read_as_the_lexer_does(
    shop: str, setting: str, sql: str
) -> None:
    check(sql, MYSQL_POLICY)
    with closing(plain(shop)) as other, other.cursor() as cursor:
        cursor.execute(f"SET SESSION {setting}")
        cursor.execute(sql)
        assert cursor.fetchall()[0][-1] == 1, "without the layer the lock is taken"

    # The server's other mind comes before our own words: as init_connect, or a global.
    spoilt = Rule("^SHOW VARIABLES", rewrite=f"SET SESSION {setting} -- ")
    with session(shop, spoilt) as opened:
        [cells] = opened.stream(sql)
        assert len(cells) == 1
        [(lock,)] = opened.stream("SELECT IS_USED_LOCK(0x6b6f)")
        assert lock is None


def test_oracle_mode_is_left_before_anything_is_asked(mariadb: str) -> None:
    with session(mariadb, Rule("^SHOW VARIABLES", rewrite="SET sql_mode = ORACLE -- ")) as opened:
        assert list(opened.stream("""SELECT "it\\"s" """)) == [('it"s',)]


def test_a_session_pins_quoting_whatever_the_server_prefers(shop: str) -> None:
    with closing(admin(shop)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@global.sql_mode")
        [(before,)] = cursor.fetchall()
        cursor.execute("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'")
        try:
            with session(shop) as opened:
                assert list(opened.stream("""SELECT "it\\"s" """)) == [('it"s',)]
        finally:
            cursor.execute("SET GLOBAL sql_mode = %s", (before,))


@pytest.mark.parametrize(
    "instead",
    [
        "SET SESSION sql_mode = 'ANSI_QUOTES', ",
        "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', ",
        "SET NAMES latin1, ",
    ],
)
def test_reading_back_alone_notices_a_server_that_reads_in_its_own_way(
    shop: str, instead: str
) -> None:
    ours = Rule(r"SET NAMES utf8mb4, SESSION sql_mode = '\w+(,\w+)*', ", rewrite=instead)

    with pytest.raises(FenceMissing), session(shop, ours):
        pass
