"""A question on its way to an answer."""

import asyncio
import json

import pytest

from assistant.errors import EmptyQuestion
from assistant.events import (
    Answered,
    Progress,
    ReasoningDelta,
    RowsReady,
    SqlDelta,
    SqlReady,
    Usage,
)
from assistant.followup import Conversation
from assistant.knowledge.files import Glossary, Knowledge, Note, Pair, Term
from assistant.methods import Methods
from assistant.options import Options
from tests.assistant.loop.running import asked, opened, told
from tests.fixtures.scripted_model import (
    NAME,
    Hang,
    ScriptedModel,
    Text,
    statement,
)

COUNT = "SELECT COUNT(*) AS n FROM customers"


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


async def test_a_list_needs_no_sentence_so_its_reply_ends_with_the_statement(
    scripted_model: ScriptedModel, shop: str
) -> None:
    sql = "SELECT status, COUNT(*) AS n FROM orders GROUP BY status"
    endless = Hang(json.dumps({"sql": sql, "answer": "There are {n} of"})[:-2])
    _, answer = await asked(scripted_model, shop, "How many orders by status?", endless)
    assert (answer.status, answer.sql) == ("answered", sql)
    assert answer.text == f"{answer.result and answer.result.row_count} rows."
    assert await asyncio.to_thread(scripted_model.left.wait, 20)


async def test_a_list_of_one_row_is_told_without_a_sentence(
    scripted_model: ScriptedModel, shop: str
) -> None:
    sql = "SELECT kind, COUNT(*) AS n FROM customers GROUP BY kind HAVING n > 1"
    _, answer = await asked(scripted_model, shop, "Kinds of many?", statement(sql, "{kind}!"))
    assert answer.result is not None
    assert answer.text == f"kind: {answer.result.rows[0][0]}; n: {answer.result.rows[0][1]}"


async def test_the_costs_of_both_calls_are_added_up(
    scripted_model: ScriptedModel, shop: str
) -> None:
    first = Text(statement("SELECT x FROM customers WHERE x = 1").text, 1000, 0, 40, 20.0)
    second = Text(statement(COUNT).text, 1100, 1000, 30, 30.0)
    _, answer = await asked(scripted_model, shop, "How many?", first, second)
    usage = answer.usage
    assert (usage.calls, usage.prompt_tokens, usage.cached_tokens) == (2, 2100, 1000)
    assert (usage.completion_tokens, usage.tokens_per_second) == (70, 30.0)
    assert usage.new_prompt_tokens == 1100
    assert usage.seconds > 0


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
