"""A word that chooses without a measure is noticed, one with a measure is not."""

import pytest

from assistant.vague import vague_word


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Who is our best customer?", "best"),
        ("Which store is the biggest?", "biggest"),
        ("Show me the important orders.", "important"),
        ("一番よい顧客は誰ですか?", "よい"),
        ("人気の商品を教えてください。", "人気"),
        ("古い顧客は何人いますか?", "古い"),
        ("高い商品はいくつありますか?", "高い"),
    ],
)
def test_what_is_meant_by_it_is_not_said(question: str, word: str) -> None:
    assert vague_word(question) == word


@pytest.mark.parametrize(
    "question",
    [
        "What is the most expensive product?",
        "Which are the best-selling products?",
        "How old is the oldest customer?",
        "Prices bigger than 200",
        "Which customer has the most orders?",
        "一番高い商品は何ですか？",
        "最も古い注文は?",
        "価格が高い商品トップ5",
        "200より高い商品",
        "高い順に並べて",
        "売上の合計は?",
    ],
)
def test_what_is_measured_is_not_vague(question: str) -> None:
    assert vague_word(question) is None
