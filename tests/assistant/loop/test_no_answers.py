"""Refusals, questions back, replies that nobody understands, a model in trouble."""

import json

import pytest

from assistant.events import (
    RowsReady,
    SqlReady,
)
from tests.assistant.loop.running import asked, repairs, told
from tests.fixtures.scripted_model import (
    UNAVAILABLE,
    Cut,
    Reply,
    ScriptedModel,
    Text,
    overflow,
    statement,
)

COUNT = "SELECT COUNT(*) AS n FROM customers"


async def test_a_model_that_named_what_is_nowhere_may_refuse_instead(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = statement("SELECT kindling FROM customers"), Text('{"refuse": "No kindling."}')
    _, answer = await asked(scripted_model, shop, "Kindling?", *replies)
    assert (answer.status, answer.text) == ("refused", "No kindling.")
    schemas = [r["response_format"]["json_schema"]["name"] for r in scripted_model.requests]
    assert schemas == ["reply", "reply"]


async def test_a_name_that_stays_unknown_is_refused_with_what_is_there(
    scripted_model: ScriptedModel, shop: str
) -> None:
    wrong = statement("SELECT COUNT(*) FROM spaceships")
    _, answer = await asked(scripted_model, shop, "How many spaceships?", wrong, wrong)
    assert (answer.status, answer.exit_code, answer.result) == ("refused", 1, None)
    assert answer.text == (
        "The database holds nothing named spaceships. It has these tables: customers, orders."
    )
    _, answer = await asked(scripted_model, shop, "宇宙船は何隻？", wrong, wrong)
    assert "「spaceships」" in answer.text
    assert "customers, orders" in answer.text


@pytest.mark.parametrize(
    "sql", ["DELETE FROM orders", "DROP TABLE orders", "UPDATE orders SET amount = 0"]
)
async def test_a_write_is_refused_without_a_second_call(
    scripted_model: ScriptedModel, shop: str, sql: str
) -> None:
    events, answer = await asked(scripted_model, shop, "注文を全部消して", statement(sql))
    assert (answer.status, answer.exit_code) == ("refused", 1)
    assert answer.text == "kotae は読むだけです。データの変更・追加・削除はできません。"
    assert (len(scripted_model.requests), repairs(events)) == (1, [])
    _, after = await asked(scripted_model, shop, "?", statement("SELECT COUNT(*) AS n FROM orders"))
    assert after.text == "4"


async def test_the_world_around_is_refused_without_the_model(
    scripted_model: ScriptedModel, shop: str
) -> None:
    _, answer = await asked(scripted_model, shop, "What do our competitors sell?")

    assert (answer.status, answer.exit_code, answer.usage.calls) == ("refused", 1, 0)
    assert answer.text == "Nothing in this database is about “competitors”."
    assert scripted_model.requests == []


async def test_no_rows_of_the_future_are_no_answer_about_it(
    scripted_model: ScriptedModel, shop: str
) -> None:
    in_2027 = "ordered_on BETWEEN '2027-01-01' AND '2027-12-31'"
    ahead = f"SELECT SUM(amount) AS total FROM orders WHERE {in_2027}"
    _, answer = await asked(
        scripted_model, shop, "Sales in 2027?", statement(ahead), statement(ahead)
    )

    assert answer.status == "refused"
    assert answer.text.startswith("2027 is still to come")


async def test_no_rows_from_before_a_coming_year_are_an_answer(
    scripted_model: ScriptedModel, shop: str
) -> None:
    sql = "SELECT id FROM orders WHERE ordered_on < '2027-01-01' AND amount > 99999"
    _, answer = await asked(scripted_model, shop, "Orders before 2027 over 99,999?", statement(sql))

    assert answer.status == "answered"


async def test_a_question_back_offers_its_choices_and_the_first_as_default(
    scripted_model: ScriptedModel, shop: str
) -> None:
    ask = Text(json.dumps({"ask": "By amount or by count?", "choices": ["amount", "count"]}))
    _, answer = await asked(scripted_model, shop, "The best customer?", ask)
    assert (answer.status, answer.text, answer.exit_code) == ("ask", "By amount or by count?", 1)
    assert (answer.choices, answer.default) == (("amount", "count"), "amount")
    assert (answer.sql, answer.result) == (None, None)


async def test_a_question_back_without_choices_has_no_default(
    scripted_model: ScriptedModel, shop: str
) -> None:
    ask = Text(json.dumps({"ask": "Which year?", "choices": []}))
    _, answer = await asked(scripted_model, shop, "Sales?", ask)
    assert (answer.status, answer.choices, answer.default) == ("ask", (), None)


async def test_a_word_without_a_measure_is_asked_back_or_doubted(
    scripted_model: ScriptedModel, shop: str
) -> None:
    guess = statement("SELECT name, kind FROM customers ORDER BY name LIMIT 1")
    ask = Text(json.dumps({"ask": "Best by what?", "choices": ["amount", "orders"]}))
    _, answer = await asked(scripted_model, shop, "Who is our best customer?", guess, ask)
    assert (answer.status, answer.choices, answer.default) == (
        "ask",
        ("amount", "orders"),
        "amount",
    )
    assert "“best”" in scripted_model.requests[-1]["messages"][-1]["content"]
    _, answer = await asked(scripted_model, shop, "Who is our best customer?", guess, guess)
    assert answer.status == "answered"
    assert "does not say by what “best” is measured" in answer.notes[0]


async def test_a_total_of_all_is_no_answer_about_the_future(
    scripted_model: ScriptedModel, shop: str
) -> None:
    total = statement("SELECT SUM(amount) AS n FROM orders")
    _, answer = await asked(scripted_model, shop, "来年の売上は?", total, total)
    assert (answer.status, answer.result) == ("refused", None)
    assert answer.text.startswith("来年はまだ来ていません。")
    booked = statement("SELECT COUNT(*) AS n FROM orders WHERE YEAR(ordered_on) = 2027")
    _, answer = await asked(scripted_model, shop, "How many orders next year?", booked)
    assert answer.status == "answered"


async def test_a_refusal_that_denies_what_is_there_is_asked_to_look_again(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = (
        Text('{"refuse": "There is no data on order amounts."}'),
        statement("SELECT SUM(amount) AS n FROM orders"),
    )
    _, answer = await asked(scripted_model, shop, "What is the total?", *replies)
    assert (answer.status, answer.usage.calls) == ("answered", 2)
    told = scripted_model.requests[-1]["messages"][-1]["content"]
    assert told.startswith("There is orders, orders.amount.")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("There is no music here.", "There is no music here."),
        ("", "This question cannot be answered from this database. It has these tables: customers"),
    ],
)
async def test_a_refusal_tells_its_reason_or_what_is_there(
    scripted_model: ScriptedModel, shop: str, reason: str, said: str
) -> None:
    refuse = Text(json.dumps({"refuse": reason}))
    _, answer = await asked(scripted_model, shop, "How is the music?", refuse)
    assert (answer.status, answer.exit_code, answer.sql) == ("refused", 1, None)
    assert answer.text.startswith(said)


@pytest.mark.parametrize("text", ["", "SELECT 1", '{"sql": 1}', '{"answer'])
async def test_a_reply_that_is_not_understood_is_asked_for_again(
    scripted_model: ScriptedModel, shop: str, text: str
) -> None:
    events, answer = await asked(scripted_model, shop, "How many?", Text(text), statement(COUNT))
    assert (answer.status, answer.text) == ("answered", "3")
    assert "Reply with one short JSON object." in told(scripted_model)
    assert len(repairs(events)) == 1


async def test_a_reply_that_runs_too_long_is_asked_for_again(
    scripted_model: ScriptedModel, shop: str
) -> None:
    long = Text('{"sql": "SELECT', finish="length")
    _, answer = await asked(scripted_model, shop, "How many?", long, statement(COUNT))
    assert (answer.status, answer.usage.calls) == ("answered", 2)


async def test_a_reply_that_is_not_understood_twice_is_a_failure(
    scripted_model: ScriptedModel, shop: str
) -> None:
    _, answer = await asked(scripted_model, shop, "How many?", Text("{"), Text("no"))
    assert (answer.status, answer.exit_code, answer.sql) == ("failed", 1, None)
    assert answer.text == "the model's reply was not understood: no"
    assert len(scripted_model.requests) == 2


async def test_values_that_come_from_no_table_are_never_an_answer(
    scripted_model: ScriptedModel, shop: str
) -> None:
    made_up = statement("SELECT 42 AS n", "There are {n}.")
    events, answer = await asked(scripted_model, shop, "How many?", made_up, made_up)
    assert (answer.status, answer.result, answer.exit_code) == ("failed", None, 1)
    assert not [event for event in events if isinstance(event, SqlReady | RowsReady)]
    assert len(repairs(events)) == 1


@pytest.mark.parametrize(
    ("replies", "exit_code", "said"),
    [
        ([Cut('{"sql": "SELECT')], 1, "broke off"),
        ([UNAVAILABLE, UNAVAILABLE], 1, "answered 500: out of order"),
        ([overflow(5000, 4096)], 1, "5000 tokens, the model server's context holds 4096"),
    ],
    ids=["cut", "500", "overflow"],
)
async def test_trouble_with_the_model_is_a_failed_answer_without_a_repair(
    scripted_model: ScriptedModel, shop: str, replies: list[Reply], exit_code: int, said: str
) -> None:
    events, answer = await asked(scripted_model, shop, "How many?", *replies)
    assert (answer.status, answer.exit_code, answer.sql) == ("failed", exit_code, None)
    assert said in answer.text
    assert repairs(events) == []


async def test_a_model_that_is_gone_makes_the_answer_unreachable(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.key = "sk-other"
    _, answer = await asked(scripted_model, shop, "注文は何件？")
    assert (answer.status, answer.exit_code) == ("failed", 2)
    assert answer.text.endswith("KOTAE_API_KEY を設定してください")
