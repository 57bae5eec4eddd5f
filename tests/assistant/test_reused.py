"""A name that a SELECT gives and uses itself."""

import pytest

from assistant.binding import bind
from tests.assistant.plain_tables import shop


@pytest.mark.parametrize(
    ("selected", "spelled_out"),
    [
        (
            "COUNT(*) AS n, SUM(points) AS total, total / n AS share",
            "COUNT(*) AS n, SUM(points) AS total, (SUM(points)) / (COUNT(*)) AS share",
        ),
        (
            "points AS p, p + 1 AS q, q * 2 AS r",
            "points AS p, (points) + 1 AS q, ((points) + 1) * 2 AS r",
        ),
    ],
)
def test_it_becomes_what_it_stands_for(selected: str, spelled_out: str) -> None:
    bound = bind(f"SELECT {selected} FROM customers", shop())

    assert bound.sql == f"SELECT {spelled_out} FROM customers"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id AS points, points + 1 AS more FROM customers",  # a column of its own
        "SELECT COUNT(*) AS n, AVG(n) AS mean FROM customers",  # no total of a total
        "SELECT COUNT(*) AS n, s.n FROM (SELECT 1 AS n FROM stores) AS s",
        "SELECT COUNT(*) AS n FROM customers ORDER BY n",
        "SELECT n + 1 AS n FROM customers",
    ],
)
def test_names_that_mean_something_else_are_left(sql: str) -> None:
    assert bind(sql, shop()).sql == sql


def test_a_circle_ends() -> None:
    bound = bind("SELECT b + 1 AS a, a + 1 AS b FROM customers", shop())

    assert bound.mends
