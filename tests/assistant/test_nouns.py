"""What the rows of a table are called."""

import re

import pytest

from assistant.nouns import either, english, japanese
from assistant.schema import SchemaColumn, Table


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("orders", "order orders"),
        ("order_items", "item items"),
        ("category", "category categories"),
        ("categories", "category categories"),
        ("branches", "branch branches"),
        ("box", "box boxes"),
        ("classes", "class classes"),
        ("courses", "course courses"),
        ("diagnoses", "diagnosis diagnoses"),
        ("analyses", "analysis analyses"),
        ("Houses", "house houses"),
        ("status", "status"),
    ],
)
def test_one_and_several_in_english(name: str, called: str) -> None:
    assert all(re.fullmatch(english(name), word) for word in called.split())
    assert not re.fullmatch(english(name), "others")


@pytest.mark.parametrize(
    ("table", "question"),
    [
        (Table("customers", ()), "顧客は何人ですか"),
        (Table("categories", ()), "カテゴリごとの件数"),
        (Table("order_items", ()), "明細の数"),
        (Table("t_17", (), comment="受講者"), "受講者の一覧"),
        (Table("wp_posts", (), comment="日記"), "投稿を数えて"),
        (SchemaColumn("country", "text"), "国ごと"),
        (SchemaColumn("people", "int"), "人物の数"),
    ],
)
def test_the_comment_or_the_everyday_noun_in_japanese(
    table: Table | SchemaColumn, question: str
) -> None:
    assert re.search(japanese(table), question)
    assert re.search(either(table), question)


@pytest.mark.parametrize(
    ("table", "question"),
    [
        (Table("t_17", ()), "何かの一覧"),
        (SchemaColumn("country", "text"), "中国語の本"),
        (Table("orders", ()), "順番に並べて"),
    ],
)
def test_part_of_another_word_is_no_noun(table: Table | SchemaColumn, question: str) -> None:
    assert not re.search(japanese(table), question)
