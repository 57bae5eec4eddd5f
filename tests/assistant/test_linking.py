from dataclasses import replace

import pytest

from assistant.linking import MOST_PLACES, Link, StoredValue, link, nearest
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from tests.assistant import plain_tables
from tests.assistant.shop import SCHEMA


def schema_of(*values: str) -> Schema:
    column = SchemaColumn("c", "text", "分類", values=values)
    return Schema("default", "sqlite", "3", (Table("t", (column,), "商品"), Table("u", (column,))))


def told(question: str, *values: str) -> list[str]:
    """The hints for values of customers.name, which the schema does not list."""
    stored = [StoredValue("customers", "name", value) for value in values]
    return [one.hint for one in link(question, SCHEMA, stored)]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("個人のお客様は何人？", ["個人: customers.kind = '個人'"]),
        ("How many PAID orders?", ["paid: orders.status = 'paid'"]),
        ("ＰＡＩＤの注文", ["paid: orders.status = 'paid'"]),
        ("which it's open", ["it's open: orders.status = 'it''s open'"]),
        ("How many unpaid orders?", []),
        ("How many orders?", []),
    ],
)
def test_stored_values_in_the_question_are_pointed_at(question: str, found: list[str]) -> None:
    assert told(question) == found


@pytest.mark.parametrize(
    ("question", "value", "hint"),
    [
        ("東京の売上", "東京都", "東京: customers.name = '東京都'"),
        ("iphoneの売上", "iPhone 15", "iphone: customers.name = 'iPhone 15'"),
        ("ﾔﾏﾀﾞ のお買い物", "やまだ", "やまだ: customers.name = 'やまだ'"),
        ("sales to Yamadaa", "Yamada", "Yamadaa: customers.name = 'Yamada'"),
        ("sales of Acme", "ACME K.K.", "Acme: customers.name = 'ACME K.K.'"),
        ("ヤマトの売上", "ヤマト運輸会社", "ヤマト: customers.name = 'ヤマト運輸会社'"),
        ("抹茶クッキの売上", "抹茶クッキー", "抹茶クッキ: customers.name = '抹茶クッキー'"),
    ],
)
def test_a_word_that_a_value_begins_with_or_nearly_is_means_the_value(
    question: str, value: str, hint: str
) -> None:
    assert told(question, value) == [hint]


def test_a_word_that_several_values_begin_with_means_all_of_them() -> None:
    values = ["iPhone 15 Pro Max", "iPhone 15"]
    assert told("sales of iphone", *values) == ["iphone: customers.name LIKE '%iPhone%'"]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("商品の売上", "顧客の声"),
        ("注文のキャンセル", "注文間違い"),
        ("山の売上", "山田"),
        ("which customers paid once", "once a day"),
        ("how often", "often said and long to read, much more than a value"),
        ("sales by amount", "amount"),
        ("how many", "many"),
        ("people with type", "type 2 of a long description"),
        ("iphones", "Pixel"),
    ],
)
def test_what_the_question_does_not_really_say_is_not_linked(question: str, value: str) -> None:
    assert all(value not in hint for hint in told(question, value))


def test_a_value_of_several_columns_names_them_all() -> None:
    [found] = link("Webの注文は？", schema_of("web"))
    assert found == Link("web", ("t.c", "u.c"), ("web",), exact=True)
    assert found.hint == "web: t.c or u.c = 'web'"


def test_of_values_within_each_other_the_longest_counts() -> None:
    assert [one.word for one in link("東京都の店は？", schema_of("東京", "東京都"))] == ["東京都"]


@pytest.mark.parametrize("value", ["a", "7", "2025", ""])
def test_values_that_would_be_found_anywhere_are_not_looked_for(value: str) -> None:
    assert link("a 7 in 2025?", schema_of(value)) == ()


def test_of_a_word_and_its_part_the_word_counts() -> None:
    assert told("抹茶クッキの売上", "抹茶クッキー", "抹茶") == [
        "抹茶クッキ: customers.name = '抹茶クッキー'"
    ]
    assert told("抹茶クッキの売上", "抹茶クッキー", "抹茶プリン", "抹茶茶碗") == [
        "抹茶クッキ: customers.name = '抹茶クッキー'"
    ]


def test_what_rows_of_a_table_are_called_is_no_value() -> None:
    assert link("商品ごとの売上", schema_of("商品")) == ()


def test_of_several_columns_the_one_counts_that_the_question_is_about() -> None:
    shop = plain_tables.shop()
    stored = [StoredValue("stores", "name", "京都府"), StoredValue("products", "name", "京都産")]

    [near] = link("How many customers of 京都?", shop, stored)
    assert near.hint == "京都: stores.name = '京都府'"
    assert link("products in stores of 京都", shop, stored) == ()
    assert link("京都の売上", shop, stored) == ()


def test_a_word_of_the_schema_is_no_part_of_a_value() -> None:
    assert link("商品の売上", schema_of("商品券")) == ()


def test_few_links_are_told() -> None:
    values = ["東京都", "大阪府", "京都府", "兵庫県", "奈良県", "滋賀県"]
    assert len(link("と".join(values), schema_of(*values))) == 5


def test_the_stored_values_nearest_to_a_literal_come_first() -> None:
    stored = [StoredValue("t", "c", value) for value in ("大阪府", "東京都", "東京都港区", "x")]
    assert nearest("東京", stored)[0] == "東京都"
    assert nearest("東京", stored[:1]) == []


def test_a_value_of_many_columns_is_that_of_a_name_near_what_else_is_said() -> None:
    keys = (ForeignKey(("area_id",), "areas", ("id",)),)
    areas = Table("areas", (SchemaColumn("id", "int"), SchemaColumn("name", "text")))
    people = Table(
        "people", (SchemaColumn("kind", "text", values=("private",)),), foreign_keys=keys
    )
    others = [Table(f"t{n}", (SchemaColumn("note", "text"),)) for n in range(MOST_PLACES)]
    schema = Schema("x", "mysql", "9", (areas, people, *others))
    stored = [StoredValue(other.name, "note", "Kyoto") for other in others]
    stored += [StoredValue("areas", "name", "Kyoto"), StoredValue("elsewhere", "name", "Kyoto")]

    [near] = [one for one in link("private people of Kyoto", schema, stored) if one.word == "Kyoto"]
    assert near.places == ("areas.name",)
    [named] = link("people of Kyoto", schema, stored)
    assert named.places == ("areas.name",)
    assert link("people of Kyoto", schema, stored[:-2])[0].places == tuple(
        f"{other.name}.note" for other in others
    )
    more = [Table(f"u{n}", (SchemaColumn("note", "text"),)) for n in range(MOST_PLACES)]
    wider = replace(schema, tables=(*schema.tables, *more))
    many = [StoredValue(other.name, "note", "Kyoto") for other in (*others, *more)]
    assert link("people of Kyoto", wider, many) == ()
