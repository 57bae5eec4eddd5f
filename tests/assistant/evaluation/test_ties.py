import pytest

from assistant.evaluation.ties import MOST, top

ROWS = (("a", 9), ("b", 7), ("c", 7), ("d", 7), ("e", 1))
SQL = "SELECT name, SUM(n) AS total FROM t GROUP BY name ORDER BY total DESC LIMIT 2"


def test_any_of_equal_rows_at_the_limit_may_be_chosen() -> None:
    first = top(SQL)
    assert first
    assert first.wider == SQL.replace("LIMIT 2", f"LIMIT {2 + MOST}")
    assert list(first.choices(ROWS, ordered=False)) == [
        (("a", 9), ("b", 7)),
        (("a", 9), ("c", 7)),
        (("a", 9), ("d", 7)),
    ]
    assert list(first.choices(ROWS[:2], ordered=False)) == []


def test_equal_rows_come_in_any_order() -> None:
    first = top(SQL.replace("LIMIT 2", "LIMIT 3"))
    assert first
    assert len(list(first.choices(ROWS, ordered=False))) == 3
    assert len(list(first.choices(ROWS, ordered=True))) == 6


@pytest.mark.parametrize("key", ["total", "2", "SUM(n)", "2 DESC, name"])
def test_a_column_is_called_by_its_alias_its_place_or_its_expression(key: str) -> None:
    assert top(f"SELECT name, SUM(n) AS total FROM t GROUP BY name ORDER BY {key} LIMIT 2")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM t ORDER BY name",
        "SELECT name FROM t LIMIT 2",
        "SELECT name FROM t ORDER BY n LIMIT 2",
        "SELECT name FROM t ORDER BY 2 LIMIT 2",
        "SELECT name FROM t ORDER BY name LIMIT 2 OFFSET 1",
        "SELECT name FROM t UNION SELECT name FROM u ORDER BY name LIMIT 2",
        "no statement",
    ],
)
def test_what_is_chosen_by_is_not_seen_in_others(sql: str) -> None:
    assert top(sql) is None
