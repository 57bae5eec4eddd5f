from dataclasses import replace
from datetime import date

import pytest

from assistant.dates import Today, find_periods
from assistant.doubts import doubts
from assistant.events import Cell
from assistant.linking import link
from assistant.probes import probes
from tests.assistant.scripted import result
from tests.assistant.shop import SCHEMA

JOIN = "FROM customers c JOIN orders o ON o.customer_id = c.id"
ONE = result((1,), n="integer")


def doubted(
    question: str, sql: str, found: object = ONE, truncated: str | None = None
) -> list[str]:
    periods = find_periods(question, Today(date(2026, 11, 24)))
    rows = replace(found, sql=sql, truncated=truncated)
    return list(doubts(question, periods, link(question, SCHEMA), rows, SCHEMA, "en"))


@pytest.mark.parametrize(
    ("question", "sql", "said"),
    [
        ("Sales in 2025?", "SELECT SUM(amount) FROM orders", "the question says 2025"),
        ("Sales last month?", "SELECT SUM(amount) FROM orders", "the question says last month"),
        ("How many paid orders?", "SELECT COUNT(*) FROM orders", "the question says paid"),
        ("個人の注文", "SELECT COUNT(*) FROM orders", "the question says 個人"),
        ("orders over 1,500 yen", "SELECT id FROM orders", "the question says 1,500"),
        ("月別の売上", "SELECT SUM(amount) FROM orders", "the question asks for each 月"),
        ("How many?", f"SELECT COUNT(c.id) {JOIN}", "COUNT(c.id) may count rows more than once"),
    ],
)
def test_a_statement_that_leaves_out_what_was_asked_or_counts_twice_is_doubted(
    question: str, sql: str, said: str
) -> None:
    [doubt] = doubted(question, sql)
    assert said in doubt


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("Sales in 2025?", "SELECT SUM(amount) FROM orders WHERE YEAR(ordered_on) = 2025"),
        ("How many paid orders?", "SELECT COUNT(*) FROM orders WHERE status = 'PAID'"),
        ("orders over 1,500 yen", "SELECT id FROM orders WHERE amount > 1500"),
        ("top 10% of orders", "SELECT id FROM orders WHERE amount > 0.1"),
        ("the top 5 orders", "SELECT id FROM orders"),
        ("How many customers?", "SELECT COUNT(*) FROM customers"),
    ],
)
def test_a_statement_that_does_what_was_asked_is_not(question: str, sql: str) -> None:
    assert doubted(question, sql) == []


@pytest.mark.parametrize("rows", [(), ((None,),)])
def test_no_rows_name_the_conditions_that_nothing_fits(rows: tuple[tuple[Cell, ...], ...]) -> None:
    sql = f"SELECT o.amount {JOIN} WHERE o.customer_id = c.id AND o.status = 'lost' AND o.id > 3"
    assert doubted("?", sql, result(*rows, amount="decimal")) == [
        "No row fits: o.status = 'lost'; o.id > 3."
    ]


@pytest.mark.parametrize(
    ("why", "said"),
    [("rows", "Only the first 1 rows are shown"), ("bytes", "The result was cut (bytes)")],
)
def test_rows_that_were_cut_are_told(why: str, said: str) -> None:
    [doubt] = doubted("?", "SELECT id FROM orders", truncated=why)
    assert said in doubt


def with_nulls() -> object:
    orders = SCHEMA.tables[1]
    columns = tuple(replace(column, nullable=column.name == "amount") for column in orders.columns)
    return replace(SCHEMA, tables=(SCHEMA.tables[0], replace(orders, columns=columns)))


def probed(sql: str, found: object, answer: object) -> list[tuple[str, str | None]]:
    return [
        (probe.sql, probe.note(answer))
        for probe in probes(replace(found, sql=sql), with_nulls(), "en")
    ]


def test_rows_without_a_value_that_an_average_leaves_out_are_counted() -> None:
    sql = "SELECT AVG(o.amount) AS a FROM orders o"
    count = "SELECT COUNT(*) AS n FROM `orders` WHERE `amount` IS NULL"
    note = "3 rows of orders.amount have no value and are left out of the average."
    assert probed(sql, ONE, result((3,), n="integer")) == [(count, note)]
    assert probed(sql, ONE, result((0,), n="integer")) == [(count, None)]
    assert probed("SELECT AVG(id) AS a FROM orders", ONE, ONE) == []
    assert probed("SELECT AVG(COALESCE(amount, 0)) AS a FROM orders", ONE, ONE) == []


TOP = "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 2"


@pytest.mark.parametrize(
    "sql",
    [
        TOP,
        TOP.replace("n DESC", "n DESC, status"),
        "SELECT status, COUNT(*) FROM orders GROUP BY status ORDER BY COUNT(*) DESC LIMIT 2",
    ],
)
@pytest.mark.parametrize(("third", "tied"), [(3, True), (2, False)])
def test_a_row_that_ties_with_the_last_one_of_a_limit_is_noticed(
    sql: str, third: int, tied: bool
) -> None:
    name = "n" if " AS n " in sql else "COUNT(*)"
    first = result(("a", 5), ("b", 3), **{"status": "text", name: "integer"})
    more = result(("a", 5), ("b", 3), ("c", third), **{"status": "text", name: "integer"})
    [(again, note)] = probed(sql, first, more)
    assert again == sql.replace("LIMIT 2", "LIMIT 3")
    assert (note == "Doubt: the row after the first 2 ties with the last one shown.") is tied


@pytest.mark.parametrize(
    "sql",
    [
        TOP.replace("LIMIT 2", "LIMIT 5"),
        TOP.replace("LIMIT 2", ""),
        TOP.replace("ORDER BY n", "ORDER BY MAX(amount)"),
        TOP.replace("ORDER BY n DESC", ""),
        f"{TOP} OFFSET 1",
    ],
)
def test_without_a_limit_that_cuts_in_an_order_that_is_shown_nothing_is_asked(sql: str) -> None:
    found = result(("a", 5), ("b", 3), status="text", n="integer")
    assert probed(sql, found, ONE) == []


def test_a_slow_statement_is_not_run_again_for_ties() -> None:
    found = replace(result(("a", 5), ("b", 3), status="text", n="integer"), elapsed_ms=5000.0)
    assert probed(TOP, found, ONE) == []
