import pytest

from mcp_server.errors import StatementUnreadable
from mcp_server.lexer import MYSQL, SQLITE, Dialect, tokens


def read(sql: str, dialect: Dialect = MYSQL) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(sql, dialect)]


def test_a_backslash_escapes_a_quote_for_mysql_and_not_for_sqlite() -> None:
    assert read(r"'a\' b'") == [("string", r"'a\' b'")]
    assert read(r"'a\' b", SQLITE) == [("string", r"'a\'"), ("word", "b")]


def test_doubled_quotes_stay_inside_a_string_and_a_name() -> None:
    assert read("'it''s' `a``b`") == [("string", "'it''s'"), ("name", "a`b")]


def test_double_quotes_are_a_string_for_mysql_and_a_name_for_sqlite() -> None:
    assert read('"a"') == [("string", '"a"')]
    assert read('"a" [b c]', SQLITE) == [("name", "a"), ("name", "b c")]


def test_two_dashes_open_a_comment_for_mysql_only_before_a_blank() -> None:
    assert read("5--2") == [
        ("number", "5"),
        ("operator", "-"),
        ("operator", "-"),
        ("number", "2"),
    ]
    assert read("5 -- 2") == [("number", "5"), ("comment", "-- 2")]
    assert read("5 --2", SQLITE) == [("number", "5"), ("comment", "--2")]


def test_a_line_comment_ends_at_a_line_feed_and_not_at_a_carriage_return() -> None:
    assert read("# a\rb\nc") == [("comment", "# a\rb"), ("word", "c")]


def test_block_comments_do_not_nest() -> None:
    assert read("/* a /* b */ c") == [("comment", "/* a /* b */"), ("word", "c")]


def test_a_keyword_after_a_point_is_part_of_a_name_for_us_as_for_the_server() -> None:
    assert read("t.2024_sales") == [("word", "t"), ("operator", "."), ("word", "2024_sales")]


def test_the_full_width_blank_is_a_letter() -> None:
    assert read("SELECT\u30001") == [("word", "SELECT\u30001")]


def test_lines_are_counted() -> None:
    assert [token.line for token in tokens("a\nb /* \n */ c", MYSQL)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "sql",
    [
        "'a",
        '"a',
        "`a",
        "/* a",
        "``",
        "1.INTO",
        "1e5INTO",
        ".5INTO",
        "`t`.5INTO",
        "0x31INTO",
        "$$a$$",
        "\\N",
        "a\x00b",
        "'a\x00b'",
        "\x01",
    ],
)
def test_what_has_no_end_or_no_certain_meaning_is_unreadable(sql: str) -> None:
    with pytest.raises(StatementUnreadable):
        read(sql)
