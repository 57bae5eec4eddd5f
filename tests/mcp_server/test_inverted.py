import pytest

from mcp_server.inverted import Inverted, score


def index(*texts: str) -> Inverted:
    filled = Inverted()
    for text in texts:
        filled.add(text.split())
    return filled


def best(filled: Inverted, *wanted: str, misspelt: tuple[str, ...] = ()) -> list[int]:
    scores = filled.find(filled.weights(wanted, misspelt))
    return sorted(scores, key=lambda text: (-scores[text], text))


def test_a_rare_part_counts_more_than_a_common_one() -> None:
    assert best(index("a x", "b x", "c x", "a b"), "x", "c")[0] == 2


def test_of_texts_with_the_same_parts_in_common_the_shorter_is_better() -> None:
    assert best(index("a b c", "a", "a b"), "a") == [1, 2, 0]


def test_a_part_that_is_not_there_finds_nothing() -> None:
    assert best(index("a", "b"), "z") == []


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("costumer", [0]),
        ("adress", [1]),
        ("custom", [0]),
        ("pref", [2]),
        ("prefectures", [2]),
        ("zebra", []),
        ("cit", []),
        ("2024", []),
    ],
)
def test_a_misspelt_or_shortened_word_finds_the_nearest(word: str, found: list[int]) -> None:
    filled = index("customer", "address", "prefecture", "city", "20245")

    assert best(filled, misspelt=(word,)) == found


def test_a_misspelt_word_counts_less_than_the_right_one() -> None:
    filled = index("customer", "address")
    right = filled.find(filled.weights(["address"], ()))
    wrong = filled.find(filled.weights([], ["adress"]))

    assert 0 < wrong[1] < right[1]


def test_a_text_scores_outside_the_index_as_it_does_inside() -> None:
    filled = index("a b", "c")
    weights = filled.weights(["a", "c"], ())

    assert score(["a", "b"], weights) == filled.find(weights)[0]
    assert score(["z"], weights) == 0
