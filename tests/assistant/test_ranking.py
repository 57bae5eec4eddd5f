"""Ranks, where they are asked for."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from assistant.binding import bind
from assistant.schema import SchemaColumn
from tests.assistant.shop import SCHEMA, SCRIPT

CUSTOMERS, ORDERS = SCHEMA.tables
TOTALS = "SELECT customer_id, SUM(amount) AS total FROM orders GROUP BY customer_id"


@pytest.mark.parametrize(
    "asked", ["Rank customers by their total.", "顧客を合計の順に順位付けして"]
)
@pytest.mark.parametrize(
    "key", ["total DESC", "2 DESC", "SUM(amount) DESC", "total DESC, customer_id"]
)
def test_who_asks_for_a_rank_gets_it_as_a_column(asked: str, key: str) -> None:
    bound = bind(f"{TOTALS} ORDER BY {key}", SCHEMA, asked)
    assert "RANK() OVER (ORDER BY SUM(amount) DESC) AS place" in bound.sql
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCRIPT)
        rows = database.execute(bound.sql).fetchall()
    assert [(row[0], row[-1]) for row in rows] == [(2, 1), (1, 2), (3, 3)]


def test_the_lowest_is_the_first_where_the_statement_says_so() -> None:
    bound = bind("SELECT id, amount FROM orders ORDER BY amount", SCHEMA, "Rank orders by amount")
    assert "RANK() OVER (ORDER BY amount) AS place" in bound.sql


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Total of each customer, the highest first", f"{TOTALS} ORDER BY total DESC"),
        ("Rank customers by their total", TOTALS),
        ("Rank orders by amount", "SELECT id, amount AS place FROM orders ORDER BY amount"),
        (
            "Rank orders by amount",
            "SELECT id, ROW_NUMBER() OVER (ORDER BY amount) AS n FROM orders ORDER BY n",
        ),
        ("Rank orders by amount", "SELECT * FROM orders ORDER BY amount"),
        ("Rank orders by amount", "no statement"),
    ],
)
def test_without_an_order_or_with_ranks_nothing_is_added(question: str, sql: str) -> None:
    assert "RANK()" not in bind(sql, SCHEMA, question).sql


def test_ranks_of_the_schemas_own_are_meant_where_it_has_them() -> None:
    crew = replace(CUSTOMERS, columns=(*CUSTOMERS.columns, SchemaColumn("crew_rank", "text")))
    sql = "SELECT crew_rank, COUNT(*) AS n FROM customers GROUP BY crew_rank ORDER BY n DESC"
    schema = replace(SCHEMA, tables=(crew, ORDERS))
    assert "RANK()" not in bind(sql, schema, "How many of each rank?").sql
