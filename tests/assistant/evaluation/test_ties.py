import pytest

from assistant.evaluation.ties import MOST, top

SQL = "SELECT name, SUM(n) AS total FROM t GROUP BY name ORDER BY total DESC LIMIT 2"
WIDER = SQL.replace("total FROM", "total, SUM(n) FROM").replace("LIMIT 2", f"LIMIT {2 + MOST}")
ROWS = (("a", 9, 9), ("b", 7, 7), ("c", 7, 7), ("d", 7, 7), ("e", 1, 1))


def test_any_of_equal_rows_at_the_limit_may_be_chosen() -> None:
    first = top(SQL)
    assert first
    assert first.wider == WIDER
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


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("2 DESC, name", "SUM(n), name"),
        ("SUM(n)", "SUM(n)"),
        ("CASE WHEN total IS NULL THEN 1 END", "CASE WHEN SUM(n) IS NULL THEN 1 END"),
        ("t.total", "t.total"),
    ],
)
def test_what_it_orders_by_stands_behind_its_columns(order: str, keys: str) -> None:
    first = top(SQL.replace("total DESC", order))
    assert first
    assert first.wider.startswith(f"SELECT name, SUM(n) AS total, {keys} FROM t")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM t ORDER BY name",
        "SELECT name FROM t LIMIT 2",
        "SELECT * FROM t ORDER BY n LIMIT 2",
        "SELECT DISTINCT name FROM t ORDER BY name LIMIT 2",
        "SELECT name FROM t ORDER BY name LIMIT 2 OFFSET 1",
        "SELECT name FROM t UNION SELECT name FROM u ORDER BY name LIMIT 2",
        "no statement",
    ],
)
def test_others_are_taken_as_they_are(sql: str) -> None:
    assert top(sql) is None
