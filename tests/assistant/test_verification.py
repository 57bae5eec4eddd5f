from decimal import Decimal

import pytest

from assistant.verification import Held, verified

NUMBERS = frozenset(map(Decimal, ("1234567", "12.345", "50", "0.25", "3", "2025")))
FIGURES = Held(NUMBERS, frozenset([Decimal("98.63")]))


@pytest.mark.parametrize(
    "sentence",
    [
        "The total is 1,234,567.",
        "売上は1,234,567円でした。",
        "It is 1.23 million yen.",
        "約123万円です。",
        "123万4,567円です。",
        "It came to 1.2 million.",
        "The mean is 12.3.",
        "It fell by 50.",
        "A share of 25%.",
        "It makes up 99%.",
        "割合は25％です。",
        "There are three.",
        "In 2025 it rose.",
        "2025年に増えました。",
        "The top 5 in March.",
        "Nothing to count here.",
    ],
)
def test_a_sentence_stays_whose_numbers_are_figures_however_they_are_said(sentence: str) -> None:
    assert verified(sentence, FIGURES, "the top 5 of 2025?") == (sentence, 0)


@pytest.mark.parametrize(
    "sentence",
    [
        "The total is 1,234,568.",
        "It is 1.24 million yen.",
        "約124万円です。",
        "1億2,345万円です。",
        "The mean is 12.4.",
        "A share of 26%.",
        "There are 99.",
        "There are four.",
        "It doubled, up by half.",
        "二十人です。",
        "In 2024 it rose.",
        "About twenty people.",
    ],
)
def test_a_sentence_with_another_number_is_cut_and_counted(sentence: str) -> None:
    assert verified(f"It is 3. {sentence}", FIGURES, "the top 5?") == ("It is 3.", 1)


def test_sentences_of_both_languages_are_put_together_as_they_were() -> None:
    assert verified("3件です。9件です。2025年です。", FIGURES, "") == ("3件です。2025年です。", 1)
    assert verified("", FIGURES, "") == ("", 0)
