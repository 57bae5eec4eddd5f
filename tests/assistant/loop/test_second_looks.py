"""Beyond the answer: a person's own statement, its explanation, a second sample."""

from assistant.events import (
    Answered,
    TextDelta,
)
from assistant.followup import Conversation
from tests.assistant.loop.running import opened, told
from tests.fixtures.scripted_model import (
    ScriptedModel,
    Text,
    statement,
)

COUNT = "SELECT COUNT(*) AS n FROM customers"


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
