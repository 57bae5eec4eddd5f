import pytest

from mcp_server.folding import parts_of
from mcp_server.joins import Joins
from mcp_server.schema import Catalog, ColumnInfo, ForeignKey, Table
from mcp_server.search import MOST_LISTED, Found, Names, search
from mcp_server.values import Values

PREFECTURES = Table("prefectures", "table", "都道府県", 47, (ColumnInfo("name", "varchar(10)"),))
STORES = Table(
    "stores",
    "table",
    "店舗",
    10,
    (ColumnInfo("prefecture_id", "int"), ColumnInfo("openedOn", "date", comment="開店日")),
    foreign_keys=(ForeignKey(("prefecture_id",), "prefectures", ("id",)),),
)
CUSTOMERS = Table("customers", "table", "顧客", 9, (ColumnInfo("name", "varchar(40)"),))
LOG = Table("log", "table", "", 1, (ColumnInfo("x", "int"),))
TABLES = (CUSTOMERS, LOG, PREFECTURES, STORES)


def values() -> Values:
    index = Values()
    names = ("大阪府", "東京都", "京都府", "Kanagawa")
    index.add("prefectures", "name", [(name, parts_of(name)) for name in names], cut=False)
    return index


def found(text: str, tables: tuple[Table, ...] = TABLES) -> Found:
    catalog = Catalog("mariadb", "11", {table.name: table for table in tables})
    return search(text, catalog, Names(catalog), Joins(tables), values())


def places(text: str) -> list[tuple[str, str | None, object]]:
    return [(match.table, match.column, match.value) for match in found(text).matches]


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
        ("costumer", ("customers", None, None)),
        ("pref", ("prefectures", None, None)),
        ("kanagwa", ("prefectures", "name", "Kanagawa")),
    ],
)
def test_names_comments_and_values_are_found_also_when_misspelt(
    text: str, first: tuple[str, str | None, object]
) -> None:
    assert places(text)[0] == first


def test_a_column_of_the_table_that_is_named_comes_before_its_namesakes() -> None:
    columns = [place for place in places("name of the customer") if place[1] == "name"]

    assert columns[0] == ("customers", "name", None)


def test_an_empty_text_lists_every_table_in_order() -> None:
    assert places("  ") == [(table.name, None, None) for table in TABLES]


def test_a_long_list_of_tables_says_how_many_are_left_out() -> None:
    many = tuple(Table(f"t{n:04}", "table", "", 0, ()) for n in range(MOST_LISTED + 3))

    listing = found("", many)

    assert (len(listing.matches), listing.left_out) == (MOST_LISTED, 3)


def test_nothing_in_common_finds_nothing() -> None:
    assert places("zebra 象") == []


def test_tables_one_foreign_key_away_come_after_those_that_match() -> None:
    assert found("東京").tables == ["prefectures", "stores"]


def test_tables_that_match_come_with_the_way_to_join_them() -> None:
    [join] = found("店舗 都道府県").joins

    assert join.on == ("stores.prefecture_id = prefectures.id",)


def test_a_word_of_very_many_columns_still_finds_the_one_that_a_rarer_word_means() -> None:
    columns = tuple(ColumnInfo(f"code{n}", "int") for n in range(40))
    many = tuple(Table(f"t{n:04}", "table", "", 0, columns) for n in range(300))
    special = Table("zz", "table", "", 0, (ColumnInfo("a_long_name_for_the_tax_code", "int"),))

    best = found("tax code", (*many, special)).matches[0]

    assert (best.table, best.column) == ("zz", "a_long_name_for_the_tax_code")
