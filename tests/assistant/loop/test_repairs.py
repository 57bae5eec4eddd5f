"""One more call, with facts that code found, and what is left as a doubt."""

import json
import re
import sqlite3
from contextlib import closing

from assistant.events import (
    RowsReady,
    SqlReady,
)
from tests.assistant.loop.running import asked, repairs, told
from tests.fixtures.scripted_model import (
    ScriptedModel,
    statement,
)
from tests.fixtures.waiting import ENDLESS, write_numbers

COUNT = "SELECT COUNT(*) AS n FROM customers"
ALL = "SELECT SUM(amount) AS total FROM orders"
IN_2025 = f"{ALL} WHERE ordered_on BETWEEN '2025-01-01' AND '2025-12-31'"
PAID_BY = "SELECT id FROM orders WHERE status = '{}'"


async def test_a_statement_that_fails_is_mended_by_one_more_call_with_facts(
    scripted_model: ScriptedModel, shop: str
) -> None:
    wrong = statement("SELECT COUNT(kindling) AS n FROM customers")
    events, answer = await asked(
        scripted_model, shop, "How many?", wrong, statement(COUNT, "There are {n}.")
    )
    assert (answer.status, answer.text, answer.sql) == ("answered", "There are 3.", COUNT)
    (reason,) = repairs(events)
    assert "no such column: kindling" in reason
    assert "customers.kind" in reason
    assert reason in told(scripted_model)
    first, second = (request["messages"] for request in scripted_model.requests)
    assert second[: len(first)] == first
    sent_back = {"sql": json.loads(wrong.text)["sql"]}
    assert second[len(first)] == {"role": "assistant", "content": json.dumps(sent_back)}


async def test_a_statement_that_still_fails_ends_with_the_databases_own_words(
    scripted_model: ScriptedModel, shop: str
) -> None:
    wrong = statement("SELECT COUNT( AS n FROM customers")
    _, answer = await asked(scripted_model, shop, "How many?", wrong, wrong)
    assert (answer.status, answer.exit_code) == ("failed", 1)
    assert "The database could not run the statement" in answer.text
    assert len(scripted_model.requests) == 2


async def test_one_total_for_a_question_for_each_is_told_once_with_what_must_stay(
    scripted_model: ScriptedModel, shop: str
) -> None:
    one = statement("SELECT SUM(amount) AS n FROM orders WHERE status = 'paid'")
    each = "SELECT kind, SUM(amount) AS n FROM orders JOIN customers c ON c.id = customer_id"
    replies = one, statement(f"{each} WHERE status = 'paid' GROUP BY kind")
    _, answer = await asked(
        scripted_model, shop, "What do paid orders sum up to for each kind?", *replies
    )
    assert (answer.status, answer.usage.calls) == ("answered", 2)
    told = scripted_model.requests[-1]["messages"][-1]["content"]
    assert "asks for each kind" in told
    assert "Keep WHERE status = 'paid'." in told


async def test_a_statement_that_ignores_the_year_is_written_again_before_it_runs(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = statement(ALL, "{total}"), statement(IN_2025, "{total}")
    events, answer = await asked(scripted_model, shop, "Sales in 2025?", *replies)
    assert (answer.text, answer.notes) == ("35,300", ())
    assert [event.sql for event in events if isinstance(event, SqlReady)] == [IN_2025]
    assert repairs(events) == [
        "The statement does not filter by 2025: BETWEEN '2025-01-01' AND '2025-12-31'."
    ]


async def test_a_stored_value_that_the_statement_ignores_is_told_once(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = statement(COUNT), statement(COUNT + " WHERE kind = '法人'")
    events, answer = await asked(scripted_model, shop, "法人は何人？", *replies)
    assert repairs(events) == ["The statement does not filter by 法人: customers.kind = '法人'."]
    assert (answer.text, answer.notes) == ("1", ())


async def test_a_year_that_stays_ignored_is_answered_with_a_doubt(
    scripted_model: ScriptedModel, shop: str
) -> None:
    stubborn = statement(ALL, "In 2025: {total}")
    _, answer = await asked(scripted_model, shop, "Sales in 2025?", stubborn, stubborn)
    assert (answer.status, answer.text) == ("answered", "In 2025: 36,500")
    assert answer.notes == (
        "Doubt: the question says 2025, but the statement does not filter by it.",
    )


async def test_no_rows_for_a_value_that_no_row_has_is_mended_with_the_known_values(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = statement(PAID_BY.format("PAYED")), statement(PAID_BY.format("cancelled"))
    events, answer = await asked(scripted_model, shop, "Open orders?", *replies)
    assert answer.result.rows == ((3,),)
    (reason,) = repairs(events)
    assert reason.startswith("No rows. status is never 'PAYED'; its values are ")
    assert "cancelled, paid" in reason
    assert len([event for event in events if isinstance(event, RowsReady)]) == 2


async def test_a_statement_that_would_read_too_much_is_told_so_and_does_not_run(
    scripted_model: ScriptedModel, mariadb: str
) -> None:
    write_numbers(mariadb)
    replies = statement(ENDLESS), statement("SELECT COUNT(*) AS n FROM numbers")
    events, answer = await asked(scripted_model, mariadb, "How many?", *replies)
    assert answer.text == "200"
    [reason] = repairs(events)
    # The server's estimate of 200 rows may be a few off, here to the eighth power.
    assert re.search(r"would read about \d(,\d{3}){6} rows", reason)


async def test_a_column_beside_a_total_is_told_once_and_then_doubted(
    scripted_model: ScriptedModel, shop: str
) -> None:
    stubborn = statement("SELECT status, SUM(amount) AS n FROM orders")
    events, answer = await asked(scripted_model, shop, "How much?", stubborn, stubborn)
    assert repairs(events) == ["status must be in GROUP BY, or in an aggregate, or left out."]
    assert "status stands beside a total" in answer.notes[0]


async def test_no_rows_bring_the_nearest_stored_values_into_the_repair(
    scripted_model: ScriptedModel, shop: str
) -> None:
    with closing(sqlite3.connect(shop)) as database, database:
        names = [(at, f"客{at}", "個人") for at in range(10, 30)]
        database.executemany("INSERT INTO customers VALUES (?, ?, ?)", names)
    wrong = "SELECT COUNT(*) AS n FROM customers WHERE name = '佐藤'"
    lost = "SELECT id AS n FROM customers WHERE name = '佐藤'"
    right = wrong.replace("佐藤", "佐藤商店")
    replies = statement(lost), statement(right)
    events, answer = await asked(scripted_model, shop, "何人？", *replies, stored="佐藤商店")
    assert repairs(events) == [
        "No rows. name is never '佐藤'; the nearest stored values are 佐藤商店."
    ]
    assert answer.text == "1"


async def test_a_total_that_counts_rows_several_times_is_told_once_and_then_doubted(
    scripted_model: ScriptedModel, shop: str
) -> None:
    join = "FROM customers c JOIN orders o ON o.customer_id = c.id"
    stubborn = statement(f"SELECT COUNT(c.id) AS n {join}")
    events, answer = await asked(scripted_model, shop, "How many?", stubborn, stubborn)
    assert repairs(events) == [
        "COUNT(c.id) counts rows several times, once for each row of orders."
        " Total a column of orders, or leave it out."
    ]
    assert "COUNT(c.id) may count rows more than once" in answer.notes[0]
