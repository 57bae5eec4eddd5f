import pytest

from assistant.evaluation.scoring import matches


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ([(3,)], [(3,)]),
        ([("a", 1)], [(1, "x", "a")]),
        ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)]),
        ([("12.345",)], [("12.35",)]),
        ([("-0.001",)], [(0,)]),
        ([(None,)], [(None,)]),
        ([("2025-01-01",)], [("2025-01-01 00:00:00",)]),
        ([(1, 1)], [(1, 1)]),
        ([], []),
        ([("a", *range(8))], [(*range(8), "a")]),
    ],
)
def test_the_same_rows_in_other_columns_or_order_are_right(gold: list, answer: list) -> None:
    assert matches(gold, answer, ordered=False)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ([(3,)], [(4,)]),
        ([(3,)], []),
        ([], [(3,)]),
        ([(3,)], [(3,), (3,)]),
        ([("a", 1)], [("a",)]),
        ([(1, 1)], [(1, 2)]),
        ([(None,)], [("",)]),
        ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)]),
        ([("12.344",)], [("12.35",)]),
    ],
)
def test_other_rows_are_wrong(gold: list, answer: list) -> None:
    assert not matches(gold, answer, ordered=False)


def test_the_order_of_rows_counts_only_when_the_question_asks_for_it() -> None:
    gold, answer = [(1,), (2,)], [(2,), (1,)]
    assert matches(gold, answer, ordered=False)
    assert not matches(gold, answer, ordered=True)
