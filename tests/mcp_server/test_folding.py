import pytest

from mcp_server.folding import fold, parts_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｏｒｄｅｒｓ", "orders"),
        ("ﾃﾞｰﾀ", "データ"),
        ("とうきょう", "トウキョウ"),
        ("ゔぃゝ", "ヴィヽ"),
        ("Café", "cafe"),
        ("ＡＢＣ－１", "abc-1"),
    ],
)
def test_width_case_kana_and_accents_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_voiced_kana_is_another_letter() -> None:
    assert fold("ガ") != fold("カ")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Orders", {"order"}),
        ("orderDate2024", {"order", "date", "2024"}),
        ("東京都", {"東京", "京都"}),
        ("男", {"男"}),
        ("東京office", {"東京", "office"}),
        ("заказы", {"заказы"}),
        ("--- ?", set()),
    ],
)
def test_words_are_whole_and_japanese_is_taken_by_pairs(text: str, parts: set[str]) -> None:
    assert parts_of(text) == parts
