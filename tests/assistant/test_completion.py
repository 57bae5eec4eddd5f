import pytest

from assistant.completion import MOST, Names, values_matching, word_before
from assistant.linking import StoredValue
from assistant.schema import Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA


def texts(word: str, schema: Schema = SCHEMA) -> list[str]:
    return [one.text for one in Names(schema).matching(word)]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("2025年の東京", (6, "東京")),
        ("売上をカテゴ", (3, "カテゴ")),
        ("how many ord", (9, "ord")),
        ("total of order.am", (9, "order.am")),
        ("a", None),
        ("how many ", None),
        ("東京の", None),
        ("", None),
    ],
)
def test_the_word_before_the_caret_is_of_one_script(
    line: str, word: tuple[int, str] | None
) -> None:
    found = word_before(line, len(line))
    assert (found and (found.start, found.text)) == word


def test_names_labels_and_few_values_are_found_by_their_beginnings() -> None:
    assert texts("ord") == ["orders", "ordered_on"]
    assert texts("氏") == ["氏名"]
    assert texts("顧") == ["顧客"]
    assert texts("個") == ["個人"]
    assert texts("CANC") == ["cancelled"]


def test_a_part_of_a_name_finds_it_after_the_whole_names() -> None:
    assert texts("id") == ["customer_id"]
    assert texts("on") == ["ordered_on"]


def test_what_is_typed_already_is_not_suggested() -> None:
    assert texts("orders") == []


def test_of_ten_thousand_tables_a_few_are_suggested() -> None:
    tables = tuple(Table(f"order_{n}", (SchemaColumn("id", "int"),)) for n in range(10_000))
    found = texts("order", Schema("c", "mysql", "9.7", tables))
    assert len(found) == MOST


def test_a_long_comment_is_no_name() -> None:
    comment = "この表は日次のバッチで作られる売上の集計結果を保存しています"
    schema = Schema("c", "mysql", "9.7", (Table("t", (), comment=comment),))
    assert texts("この", schema) == []
    assert texts("売", Schema("c", "mysql", "9", (Table("t", (), comment="売上明細。日次"),))) == [
        "売上明細"
    ]


def test_stored_values_that_hold_the_word_are_suggested() -> None:
    stored = [StoredValue("p", "name", v) for v in ("東京都", "西東京市", "東京", "大阪府")]
    assert [one.text for one in values_matching("東京", stored)] == ["東京都", "西東京市"]
