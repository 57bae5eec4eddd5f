import pytest

from mcp_server.sampling import Sampled
from mcp_server.schema import ColumnInfo, ForeignKey, Table
from mcp_server.search import parts_of, search, tables_for

PREFECTURES = Sampled(
    Table("prefectures", "table", "都道府県", 47, (ColumnInfo("name", "varchar(10)"),)),
    {"name": ("大阪府", "東京都", "京都府")},
)
STORES = Sampled(
    Table(
        "stores",
        "table",
        "店舗",
        10,
        (ColumnInfo("prefecture_id", "int"), ColumnInfo("openedOn", "date", comment="開店日")),
        foreign_keys=(ForeignKey(("prefecture_id",), "prefectures", ("id",)),),
    ),
    {},
)
OTHER = Sampled(Table("log", "table", "", 1, (ColumnInfo("x", "int"),)), {})
ALL = [OTHER, PREFECTURES, STORES]


def places(text: str) -> list[tuple[str, str | None, object]]:
    return [(match.table, match.column, match.value) for match in search(text, ALL)]


def test_a_value_is_found_by_a_part_of_it_in_a_japanese_question() -> None:
    assert places("東京の売上は")[0] == ("prefectures", "name", "東京都")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("store", ("stores", None, None)),
        ("店舗", ("stores", None, None)),
        ("when was it opened", ("stores", "openedOn", None)),
        ("開店日はいつ", ("stores", "openedOn", None)),
        ("ﾛｸﾞ log", ("log", None, None)),
    ],
)
def test_names_and_comments_are_found(text: str, first: tuple[str, str | None, object]) -> None:
    assert places(text)[0] == first


def test_an_empty_text_lists_every_table_in_order() -> None:
    assert places("  ") == [
        ("log", None, None),
        ("prefectures", None, None),
        ("stores", None, None),
    ]


def test_nothing_in_common_finds_nothing() -> None:
    assert places("zebra 象") == []


def test_tables_one_foreign_key_away_come_after_those_that_match() -> None:
    assert tables_for(search("東京", ALL), ALL) == ["prefectures", "stores"]


def test_width_case_and_plural_make_no_difference() -> None:
    assert parts_of("Ｏｒｄｅｒｓ") == parts_of("order") == {"order"}
    assert parts_of("ﾃﾞｰﾀ") == parts_of("データ")
