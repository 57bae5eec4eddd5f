from dataclasses import replace

from mcp_server.describing import Described, text_of
from mcp_server.joins import Join
from mcp_server.schema import ColumnInfo, Table

COLUMNS = tuple(ColumnInfo(f"column_{n}", "varchar(40)", comment="説明" * 20) for n in range(20))
FEW = Described("mariadb", "11", (Table("a", "table", "", 0, (ColumnInfo("id", "int"),)),))
MANY = replace(FEW, tables=tuple(Table(f"t{n:04}", "table", "", 0, COLUMNS) for n in range(500)))


def test_what_fits_is_shown_without_a_word_about_the_rest() -> None:
    assert text_of(FEW) == "a(id int)"


def test_a_big_schema_is_cut_at_whole_tables_and_says_what_is_missing_and_how_to_get_it() -> None:
    text = text_of(MANY)
    lines = text.split("\n")
    shown = len(lines) - 1

    assert len(text) < 70_000
    assert 0 < shown < 500
    assert lines[-1].startswith(f"left out: {500 - shown} tables: name those wanted, or find them")
    assert f"They are t{shown:04}, " in lines[-1]


def test_tables_beyond_the_answer_are_named_as_far_as_names_fit() -> None:
    text = text_of(replace(FEW, left_out=tuple(f"table_{n:05}" for n in range(9_500))))

    assert "left out: 9500 tables" in text
    assert text.endswith("more")
    assert len(text) < 6_000


def test_one_table_is_shown_whatever_its_size() -> None:
    wide = Table("wide", "table", "", 0, COLUMNS * 100)

    assert text_of(replace(FEW, tables=(wide,))).startswith("wide(column_0")


def test_joins_and_missing_values_are_told() -> None:
    text = text_of(replace(FEW, joins=(Join(("a", "b"), ("a.x = b.y",)),), unsampled=2))

    assert "join a, b: a.x = b.y" in text
    assert "without values, for want of time: 2 tables" in text
