import pytest

from mcp_server import values as room
from mcp_server.folding import parts_of
from mcp_server.values import Values


def index(*texts: str, cut: bool = False) -> Values:
    values = Values()
    values.of = 1
    values.add("t", "c", [(text, parts_of(text)) for text in texts], cut)
    values.finished = True
    return values


def first(text: str, *texts: str) -> str | None:
    hits = index(*texts).find(text)
    return hits[0].value if hits else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("東京都の売上", "東京都"),
        ("東京の売上", "東京都"),
        ("とうきょう支店", "トウキョウ支店"),
        ("ﾄｳｷｮｳ", "トウキョウ支店"),
        ("new york sales", "New York"),
        ("ＮＥＷ ＹＯＲＫ", "New York"),
        ("Kanagwa", "Kanagawa"),
        ("象", None),
    ],
)
def test_a_value_is_found_however_it_is_written(text: str, value: str | None) -> None:
    assert first(text, "大阪府", "東京都", "トウキョウ支店", "New York", "Kanagawa") == value


def test_the_whole_value_comes_before_a_part_of_a_longer_one() -> None:
    assert first("東京", "東京都港区", "東京") == "東京"


def test_a_hit_names_its_place_and_keeps_the_value_as_it_is_stored() -> None:
    [hit] = index("ＴＯＫＹＯ").find("tokyo")

    assert (hit.table, hit.column, hit.value) == ("t", "c", "ＴＯＫＹＯ")


def test_a_complete_index_has_nothing_to_say() -> None:
    coverage = index("a").coverage

    assert (coverage.state, str(coverage)) == ("complete", "")


def test_values_that_were_not_taken_make_it_truncated_and_name_the_column() -> None:
    coverage = index("a", cut=True).coverage

    assert coverage.state == "truncated"
    assert "more values than indexed: t.c" in str(coverage)


def test_columns_that_were_left_out_are_named_up_to_a_number() -> None:
    values = index("a")
    values.leave_out("big", [f"c{n}" for n in range(30)])

    assert "not indexed: big.c0, " in str(values.coverage)
    assert str(values.coverage).endswith("20 more")


def test_while_it_fills_it_says_so() -> None:
    values = Values()
    values.of = 5

    assert str(values.coverage) == (
        "values of 0 of 5 text columns are indexed so far, ask again for the others"
    )


def test_it_is_full_at_its_size() -> None:
    values = index(*(f"v{n}" for n in range(room.MOST_VALUES)))

    assert values.is_full
