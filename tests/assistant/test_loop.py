import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import EmptyQuestion
from assistant.events import (
    Answer,
    Answered,
    Event,
    Progress,
    ReasoningDelta,
    Repair,
    RowsReady,
    SqlDelta,
    SqlReady,
    TextDelta,
    Usage,
)
from assistant.followup import Conversation
from assistant.knowledge.files import Glossary, Knowledge, Note, Pair, Term
from assistant.loop import Loop
from assistant.methods import Methods
from assistant.model import ChatModel, ModelEndpoint
from assistant.options import USUAL, Options
from assistant.tools import Tools
from mcp_server.server import create_server
from mcp_server.settings import load
from tests.assistant.shop import write_shop
from tests.fixtures.scripted_model import (
    NAME,
    UNAVAILABLE,
    Cut,
    Hang,
    Reply,
    ScriptedModel,
    Text,
    overflow,
    statement,
)
from tests.fixtures.waiting import ENDLESS, running, until, write_numbers

COUNT = "SELECT COUNT(*) AS n FROM customers"


@asynccontextmanager
async def opened(
    server: ScriptedModel, database: str, options: Options = USUAL, stored: str = "", **environ: str
) -> AsyncIterator[Loop]:
    """The loop on its real parts: HTTP, MCP in memory, a database; once `stored` is indexed."""
    settings = load(database=database, environ=environ)
    async with (
        Tools(create_server(settings)) as tools,
        ChatModel(ModelEndpoint(server.url, NAME)) as model,
    ):
        schema = await tools.schema()
        async with asyncio.timeout(30):
            while stored and not await tools.values(stored):
                pass
        today = date(2026, 7, 1)
        yield Loop(model, tools, schema, today=lambda: today, database="the shop", options=options)


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "shop.db"))


async def asked(
    server: ScriptedModel, database: str, question: str, *replies: Reply, **environ: str
) -> tuple[list[Event], Answer]:
    """All events of one question, and the answer, which comes once and last."""
    server.plays(*replies)
    async with opened(server, database, **environ) as loop:
        *events, last = [event async for event in loop.ask(question)]
    assert isinstance(last, Answered)
    assert not [event for event in events if isinstance(event, Answered)]
    return events, last.answer


def repairs(events: list[Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, Repair)]


def told(server: ScriptedModel) -> str:
    """What the model read last."""
    return str(server.requests[-1]["messages"][-1]["content"])


async def test_a_question_is_answered_from_the_rows(
    scripted_model: ScriptedModel, shop: str
) -> None:
    reply = statement(COUNT, "お客様は{n}人です。", reasoning="hm")
    events, answer = await asked(scripted_model, shop, " お客様は何人？ ", reply)
    kinds = [type(event) for event in events]
    assert list(dict.fromkeys(kinds)) == [
        Progress,
        ReasoningDelta,
        SqlDelta,
        SqlReady,
        RowsReady,
        Usage,
    ]
    stages = [event.stage for event in events if isinstance(event, Progress)]
    assert stages == ["reading", "writing", "running"]
    assert "".join(e.text for e in events if isinstance(e, SqlDelta)) == COUNT
    assert (answer.status, answer.text, answer.exit_code) == ("answered", "お客様は3人です。", 0)
    assert (answer.sql, answer.model, answer.database) == (COUNT, NAME, "the shop")
    assert answer.result is not None
    assert answer.result.rows == ((3,),)
    assert (answer.notes, answer.usage.calls) == ((), 1)
    assert told(scripted_model) == "お客様は何人？"


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


async def test_the_costs_of_both_calls_are_added_up(
    scripted_model: ScriptedModel, shop: str
) -> None:
    first = Text(statement("SELECT x FROM customers").text, 1000, 0, 40, 20.0)
    second = Text(statement(COUNT).text, 1100, 1000, 30, 30.0)
    _, answer = await asked(scripted_model, shop, "How many?", first, second)
    usage = answer.usage
    assert (usage.calls, usage.prompt_tokens, usage.cached_tokens) == (2, 2100, 1000)
    assert (usage.completion_tokens, usage.tokens_per_second) == (70, 30.0)
    assert usage.new_prompt_tokens == 1100
    assert usage.seconds > 0


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


async def test_a_model_that_named_what_is_nowhere_may_refuse_instead(
    scripted_model: ScriptedModel, shop: str
) -> None:
    replies = statement("SELECT kindling FROM customers"), Text('{"refuse": "No kindling."}')
    _, answer = await asked(scripted_model, shop, "Kindling?", *replies)
    assert (answer.status, answer.text) == ("refused", "No kindling.")
    schemas = [r["response_format"]["json_schema"]["name"] for r in scripted_model.requests]
    assert schemas == ["reply", "reply"]


async def test_a_statement_that_still_fails_ends_with_the_databases_own_words(
    scripted_model: ScriptedModel, shop: str
) -> None:
    wrong = statement("SELECT COUNT( AS n FROM customers")
    _, answer = await asked(scripted_model, shop, "How many?", wrong, wrong)
    assert (answer.status, answer.exit_code) == ("failed", 1)
    assert "The database could not run the statement" in answer.text
    assert len(scripted_model.requests) == 2


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
        ("There is no weather here.", "There is no weather here."),
        ("", "This question cannot be answered from this database. It has these tables: customers"),
    ],
)
async def test_a_refusal_tells_its_reason_or_what_is_there(
    scripted_model: ScriptedModel, shop: str, reason: str, said: str
) -> None:
    refuse = Text(json.dumps({"refuse": reason}))
    _, answer = await asked(scripted_model, shop, "How is the weather?", refuse)
    assert (answer.status, answer.exit_code, answer.sql) == ("refused", 1, None)
    assert answer.text.startswith(said)


@pytest.mark.parametrize("text", ["", "SELECT 1", '{"sql": "SELECT 1"}', '{"answer'])
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


ALL = "SELECT SUM(amount) AS total FROM orders"
IN_2025 = f"{ALL} WHERE ordered_on BETWEEN '2025-01-01' AND '2025-12-31'"


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


async def test_values_that_come_from_no_table_are_never_an_answer(
    scripted_model: ScriptedModel, shop: str
) -> None:
    made_up = statement("SELECT 42 AS n", "There are {n}.")
    events, answer = await asked(scripted_model, shop, "How many?", made_up, made_up)
    assert (answer.status, answer.result, answer.exit_code) == ("failed", None, 1)
    assert not [event for event in events if isinstance(event, SqlReady | RowsReady)]
    assert len(repairs(events)) == 1


PAID_BY = "SELECT id FROM orders WHERE status = '{}'"


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


async def test_no_rows_are_an_answer_when_the_values_are_right(
    scripted_model: ScriptedModel, shop: str
) -> None:
    none = "SELECT id FROM orders WHERE status = 'paid' AND amount > 99999"
    _, answer = await asked(scripted_model, shop, "Large paid orders?", statement(none))
    assert (answer.status, answer.text, answer.exit_code) == ("answered", "No data matches.", 0)
    assert len(scripted_model.requests) == 1


async def test_a_name_that_code_can_bind_costs_no_call(
    scripted_model: ScriptedModel, shop: str
) -> None:
    wrong = (
        "SELECT SUM(c.amount) AS total FROM customers c JOIN orders o ON o.customer_id = c.id"
        " WHERE c.kind = '個人'"
    )
    events, answer = await asked(
        scripted_model, shop, "個人の売上は？", statement(wrong, "{total}円")
    )
    (ready,) = [event for event in events if isinstance(event, SqlReady)]
    assert ready.mends == ("c.amount → o.amount",)
    assert (answer.text, answer.sql) == ("2,000円", wrong.replace("c.amount", "o.amount"))
    assert len(scripted_model.requests) == 1


async def test_rows_that_were_cut_come_with_a_note(
    scripted_model: ScriptedModel, shop: str
) -> None:
    reply = statement("SELECT id FROM orders ORDER BY id")
    _, answer = await asked(scripted_model, shop, "Orders?", reply, KOTAE_LIMIT_ROWS="2")
    assert answer.result is not None
    assert (answer.result.truncated, answer.result.row_count) == ("rows", 2)
    assert answer.notes == ("Only the first 2 rows are shown; the database holds more.",)
    reply = statement("SELECT name FROM customers")
    _, answer = await asked(scripted_model, shop, "氏名は？", reply, KOTAE_LIMIT_CELL="1")
    assert answer.notes == ("結果は途中で切られています（cell）。",)


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


async def test_an_empty_question_is_no_question(scripted_model: ScriptedModel, shop: str) -> None:
    async with opened(scripted_model, shop) as loop:
        with pytest.raises(EmptyQuestion):
            await anext(loop.ask(" \n"))
    assert scripted_model.requests == []


async def test_warming_sends_the_prefix_that_questions_start_with(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(Text(""), statement(COUNT))
    async with opened(scripted_model, shop) as loop:
        await loop.warm()
        assert [event async for event in loop.ask("How many?")]
    warm, asked = (request["messages"] for request in scripted_model.requests)
    assert warm[0] == asked[0]


async def test_closing_the_stream_stops_the_model(scripted_model: ScriptedModel, shop: str) -> None:
    scripted_model.plays(Hang('{"sql": "SELECT a FROM'), statement(COUNT))
    async with opened(scripted_model, shop) as loop:
        events = loop.ask("How many?")
        async for event in events:
            if isinstance(event, SqlDelta):
                break
        await events.aclose()
        assert await asyncio.to_thread(scripted_model.left.wait, 20)
        assert isinstance([event async for event in loop.ask("How many?")][-1], Answered)


async def test_cancelling_the_reader_stops_the_model(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(Hang())
    async with opened(scripted_model, shop) as loop:
        events = loop.ask("How many?")
        reading = asyncio.ensure_future(_drained(events))
        assert await asyncio.to_thread(scripted_model.hanging.wait, 20)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(scripted_model.left.wait, 20)


async def _drained(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def test_cancelling_while_the_database_works_kills_the_query(
    scripted_model: ScriptedModel, mariadb: str
) -> None:
    write_numbers(mariadb)
    scripted_model.plays(statement(ENDLESS), statement("SELECT COUNT(*) AS n FROM numbers"))
    async with opened(scripted_model, mariadb, Options(most_rows_read=10**30)) as loop:
        reading = asyncio.ensure_future(_drained(loop.ask("How many?")))
        await asyncio.to_thread(until, lambda: running(mariadb, ENDLESS) == 1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.to_thread(until, lambda: running(mariadb, ENDLESS) == 0)
        answered = (await _drained(loop.ask("How many?")))[-1]
    assert isinstance(answered, Answered)
    assert answered.answer.text == "200"


async def test_a_statement_that_would_read_too_much_is_told_so_and_does_not_run(
    scripted_model: ScriptedModel, mariadb: str
) -> None:
    write_numbers(mariadb)
    replies = statement(ENDLESS), statement("SELECT COUNT(*) AS n FROM numbers")
    events, answer = await asked(scripted_model, mariadb, "How many?", *replies)
    assert answer.text == "200"
    [reason] = repairs(events)
    assert "would read about 2,560,000,000,000,000,000 rows" in reason


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


async def test_words_of_the_question_are_linked_to_what_the_database_stores(
    scripted_model: ScriptedModel, shop: str
) -> None:
    question = "佐藤商店の注文は先月何件？"
    await asked(scripted_model, shop, question, statement(COUNT), stored="佐藤商店")
    assert scripted_model.requests[0]["messages"][-1]["content"] == (
        "佐藤商店の注文は先月何件？\nHints: 佐藤商店: customers.name = '佐藤商店';"
        " 先月: BETWEEN '2026-06-01' AND '2026-06-30'"
    )


async def test_a_method_that_is_left_out_does_nothing(
    scripted_model: ScriptedModel, shop: str
) -> None:
    names = ["values", "linking", "checks", "repair"]
    scripted_model.plays(statement("SELECT COUNT(*) AS n FROM customer"))
    async with opened(scripted_model, shop, Options(Methods().without(names))) as loop:
        [*_, last] = [event async for event in loop.ask("個人は2025年に何人？")]
    assert isinstance(last, Answered)
    assert last.answer.status == "refused"
    system, *_, user = scripted_model.requests[0]["messages"]
    assert "'個人'" not in system["content"]
    assert user["content"] == "個人は2025年に何人？"
    assert len(scripted_model.requests) == 1


async def test_terms_pairs_and_notes_of_the_house_are_told_where_they_fit(
    scripted_model: ScriptedModel, shop: str
) -> None:
    knowledge = Knowledge(
        Glossary(term=(Term(name="粗利", sql="SUM(amount * 0.3)"), Term(name="客単価"))),
        (Note(table="orders", column="amount", text="税込"),),
        (Pair(question="2024年の粗利は？", sql="SELECT 1 FROM orders"),),
    )
    scripted_model.plays(statement("SELECT SUM(amount) AS n FROM orders WHERE ordered_on > '2025'"))
    async with opened(scripted_model, shop, Options(knowledge=knowledge)) as loop:
        [*_, last] = [event async for event in loop.ask("2025年の粗利は？")]
    assert isinstance(last, Answered)
    system, *_, user = scripted_model.requests[0]["messages"]
    assert "amount 税込" in system["content"]
    assert user["content"] == (
        "Verified: 2024年の粗利は？\nSELECT 1 FROM orders\n2025年の粗利は？\n"
        "Hints: 2025年: BETWEEN '2025-01-01' AND '2025-12-31'; 粗利 = SUM(amount * 0.3)"
    )


async def test_a_conversation_completes_what_refers_back(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(statement(COUNT), statement(COUNT), statement(COUNT))
    async with opened(scripted_model, shop) as loop:
        conversation = Conversation(loop)
        for question in ("How many customers are there?", "And orders?", "How many are there?"):
            [*_, _] = [event async for event in conversation.ask(question)]
    first, second, third = (r["messages"] for r in scripted_model.requests)
    assert second[: len(first)] == first
    assert [m["role"] for m in second[len(first) :]] == ["assistant", "user"]
    assert third[:-1] == first[:-1]


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


async def test_a_persons_statement_runs_under_the_same_policy(
    scripted_model: ScriptedModel, shop: str
) -> None:
    async with opened(scripted_model, shop) as loop:
        [*_, good] = [event async for event in loop.run_sql(f"{COUNT}; ")]
        [*_, wrong] = [event async for event in loop.run_sql("SELECT nme FROM customers")]
        [*_, writes] = [event async for event in loop.run_sql("DELETE FROM customers")]
    assert isinstance(good, Answered)
    assert good.answer.sql == COUNT
    assert good.answer.result is not None
    assert good.answer.result.rows == ((3,),)
    assert isinstance(wrong, Answered)
    assert wrong.answer.status == "failed"
    assert "nme" in wrong.answer.text
    assert isinstance(writes, Answered)
    assert writes.answer.status == "failed"
    assert not scripted_model.requests


async def test_a_statement_is_explained_behind_the_prefix_that_is_read_already(
    scripted_model: ScriptedModel, shop: str
) -> None:
    counts = statement(COUNT, "{n}")
    scripted_model.plays(counts, Text('{"text": "It counts all customers."}'))
    async with opened(scripted_model, shop) as loop:
        [*_] = [event async for event in loop.ask("How many customers?")]
        events = [event async for event in loop.explain(COUNT)]
    *_, last = events
    assert isinstance(last, Answered)
    assert (last.answer.status, last.answer.text) == ("answered", "It counts all customers.")
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == last.answer.text
    first, second = (request["messages"][0] for request in scripted_model.requests)
    assert first == second
    assert COUNT in told(scripted_model)


async def test_an_explanation_that_is_no_object_is_a_failure(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(Text("It counts."))
    async with opened(scripted_model, shop) as loop:
        [*_, last] = [event async for event in loop.explain(COUNT)]
    assert isinstance(last, Answered)
    assert last.answer.status == "failed"


async def test_a_second_sample_that_agrees_confirms_the_first_answer(
    scripted_model: ScriptedModel, shop: str
) -> None:
    scripted_model.plays(statement(COUNT), statement("SELECT COUNT(id) AS m FROM customers"))
    async with opened(scripted_model, shop) as loop:
        [*_, first] = [event async for event in loop.ask("How many?")]
        assert isinstance(first, Answered)
        [*_, second] = [event async for event in loop.double_check("How many?", first.answer)]
    assert isinstance(second, Answered)
    assert second.answer.sql == COUNT
    assert second.answer.notes[0].startswith("Checked")
    one, other = scripted_model.requests
    assert one["messages"] == other["messages"]
    assert (one["temperature"], other["temperature"]) == (0, 0.7)
    assert one["seed"] != other["seed"]


async def test_a_second_sample_with_other_rows_is_shown_with_a_doubt(
    scripted_model: ScriptedModel, shop: str
) -> None:
    other = "SELECT COUNT(*) AS n FROM orders"
    scripted_model.plays(statement(COUNT), statement(other), statement(COUNT))
    async with opened(scripted_model, shop) as loop:
        conversation = Conversation(loop)
        [*_, first] = [event async for event in conversation.ask("How many?")]
        assert isinstance(first, Answered)
        checked = conversation.double_check("How many?", first.answer)
        [*_, second] = [event async for event in checked]
    assert isinstance(second, Answered)
    assert second.answer.sql == other
    assert second.answer.notes[0].startswith("Doubt: a second sample")
