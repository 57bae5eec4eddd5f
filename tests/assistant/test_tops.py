"""The first of each group, where the statement takes the first of all."""

import sqlite3
from contextlib import closing

import pytest

from assistant.binding import bind
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from assistant.tops import first_of_all

MAKERS = Table(
    "makers",
    (
        SchemaColumn("id", "int"),
        SchemaColumn("name", "text"),
        SchemaColumn("country", "text", "国"),
    ),
    comment="メーカー",
    primary_key=("id",),
)
CARS = Table(
    "cars",
    (
        SchemaColumn("id", "int"),
        SchemaColumn("name", "text"),
        SchemaColumn("maker_id", "int"),
        SchemaColumn("price", "int"),
        SchemaColumn("sold_on", "date"),
    ),
    comment="車",
    primary_key=("id",),
    foreign_keys=(ForeignKey(("maker_id",), "makers", ("id",)),),
)
SCHEMA = Schema("default", "sqlite", "3.40", (MAKERS, CARS))
SCRIPT = """
CREATE TABLE makers (id INT, name TEXT, country TEXT);
CREATE TABLE cars (id INT, name TEXT, maker_id INT, price INT, sold_on DATE);
INSERT INTO makers VALUES (1, 'Aki', 'JP'), (2, 'Bolt', 'US'), (3, 'Cho', 'JP');
INSERT INTO cars VALUES (1, 'a', 1, 10, '2024-01-02'), (2, 'b', 1, 30, '2024-02-02'),
  (3, 'c', 1, 20, '2024-02-03'), (4, 'd', 2, 5, '2024-01-09'), (5, 'e', 2, 7, '2024-02-11'),
  (6, 'f', 3, 99, '2024-01-20');
"""
JOIN = "FROM cars c JOIN makers m ON m.id = c.maker_id"


def rows(sql: str, question: str) -> list[tuple[object, ...]]:
    """What the bound statement finds."""
    bound = bind(sql, SCHEMA, question)
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCRIPT)
        return database.execute(bound.sql).fetchall()


@pytest.mark.parametrize(
    "question",
    ["What is the most expensive car of each maker?", "メーカーごとに最も高い車を教えてください。"],
)
def test_the_dearest_of_each_is_the_first_within_each(question: str) -> None:
    sql = f"SELECT m.name AS maker, c.name, c.price {JOIN} ORDER BY c.price DESC LIMIT 1"

    assert rows(sql, question) == [
        ("Aki", "b", 30, 1),
        ("Bolt", "e", 7, 1),
        ("Cho", "f", 99, 1),
    ]


def test_columns_that_are_called_the_same_are_told_apart() -> None:
    sql = f"SELECT m.name, c.name, c.price {JOIN} ORDER BY c.price DESC LIMIT 1"
    question = "What is the most expensive car of each maker?"

    assert "SELECT m.name AS makers_name, c.name AS cars_name" in bind(sql, SCHEMA, question).sql
    assert rows(sql, question)[0] == ("Aki", "b", 30, 1)


def test_totals_are_ranked_within_each_group() -> None:
    question = "Show the top 2 makers by number of cars for each country."
    sql = (
        f"SELECT m.country, m.name, COUNT(c.id) AS n {JOIN} GROUP BY m.country, m.name "
        "ORDER BY n DESC LIMIT 2"
    )

    assert rows(sql, question) == [
        ("JP", "Aki", 3, 1),
        ("JP", "Cho", 1, 2),
        ("US", "Bolt", 2, 1),
    ]


def test_two_of_the_same_name_are_two_groups() -> None:
    sql = (
        f"SELECT m.name, c.name AS car {JOIN} GROUP BY m.id, m.name "
        "ORDER BY COUNT(c.name) DESC LIMIT 1"
    )
    bound = bind(sql, SCHEMA, "For each maker, what is its most common car?").sql

    assert "GROUP BY m.id, m.name, c.name" in bound
    assert "PARTITION BY m.id ORDER BY COUNT(c.name) DESC" in bound


def test_a_place_by_position_is_by_what_stands_there() -> None:
    sql = f"SELECT m.country, m.name, COUNT(c.id) AS n {JOIN} GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1"

    assert rows(sql, "The maker with the most cars in each country") == [
        ("JP", "Aki", 3, 1),
        ("US", "Bolt", 2, 1),
    ]


def test_a_period_is_known_by_what_it_is_called() -> None:
    sql = (
        f"SELECT strftime('%m', sold_on) AS month, m.name, SUM(price) AS total {JOIN} "
        "GROUP BY month, m.name ORDER BY SUM(price) DESC LIMIT 1"
    )

    assert rows(sql, "月ごとに売上が一番多いメーカーは?") == [
        ("01", "Cho", 99, 1),
        ("02", "Aki", 50, 1),
    ]


def test_the_change_is_told() -> None:
    sql = f"SELECT m.name AS maker, c.name, c.price {JOIN} ORDER BY c.price LIMIT 2"

    assert bind(sql, SCHEMA, "The 2 cheapest cars of each maker").mends == (
        "LIMIT 2 → ROW_NUMBER() OVER (PARTITION BY m.id ORDER BY c.price) <= 2",
    )


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        (  # the rows are the makers themselves
            "Total price of each maker, top 2",
            f"SELECT m.name, SUM(c.price) AS total {JOIN} GROUP BY m.name "
            "ORDER BY total DESC LIMIT 2",
        ),
        (
            "The most expensive car with the name of each car",
            "SELECT name, price FROM cars ORDER BY price DESC LIMIT 1",
        ),
        (  # a position is what it stands for
            "Total price of each maker, top 2",
            f"SELECT m.name, SUM(c.price) AS total {JOIN} GROUP BY 1 ORDER BY 2 DESC LIMIT 2",
        ),
        (  # a key that points at the maker is the maker
            "Total price of each maker, top 2",
            f"SELECT m.name, SUM(c.price) AS total {JOIN} GROUP BY c.maker_id, m.name "
            "ORDER BY total DESC LIMIT 2",
        ),
        (  # each maker has one country
            "Total price of each maker with its country, top 2",
            f"SELECT m.name, m.country, SUM(c.price) AS total {JOIN} GROUP BY m.name, m.country "
            "ORDER BY total DESC LIMIT 2",
        ),
        (  # each car has one maker
            "Total price of each car with its maker, top 2",
            f"SELECT c.name AS car, m.name AS maker, SUM(c.price) AS total {JOIN} "
            "GROUP BY c.id, c.name, m.name ORDER BY total DESC LIMIT 2",
        ),
        (  # no first is asked for
            "Some cars of each maker",
            f"SELECT m.name AS maker, c.name {JOIN} ORDER BY c.name LIMIT 3",
        ),
        (  # nothing in it stands for a country
            "The most expensive car in each country",
            f"SELECT c.name, c.price {JOIN} ORDER BY c.price DESC LIMIT 1",
        ),
    ],
)
def test_what_is_not_certain_stays(question: str, sql: str) -> None:
    assert bind(sql, SCHEMA, question).sql == sql


@pytest.mark.parametrize(
    ("question", "selected", "unit"),
    [
        ("The most expensive car in each country", "c.name, c.price", "country"),
        ("国ごとに最も高い車は?", "c.name, c.price", "国"),
        ("The most expensive car in each country", "m.country, c.price", None),
        ("The most expensive car in each garage", "c.name, c.price", None),
        ("Which car brings the most per country?", "c.name, c.price", None),
        ("The cars of each country", "c.name, c.price", None),
    ],
)
def test_the_first_of_all_is_doubted_where_those_of_each_are_asked_for(
    question: str, selected: str, unit: str | None
) -> None:
    sql = f"SELECT {selected} {JOIN} ORDER BY c.price DESC LIMIT 1"

    assert first_of_all(question, sql, SCHEMA) == unit
