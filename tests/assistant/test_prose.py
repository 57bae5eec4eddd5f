import json
from pathlib import Path

import pytest

from assistant.events import Answer, Answered, Event, Progress, TextDelta
from assistant.options import Options
from assistant.prose import adds
from tests.assistant.loop.running import opened
from tests.assistant.scripted import result
from tests.assistant.shop import write_shop
from tests.fixtures.scripted_model import UNAVAILABLE, Reply, ScriptedModel, Text, statement

BY_STATUS = "SELECT status, SUM(amount) AS total FROM orders GROUP BY status ORDER BY total DESC"
QUESTION = "How do the statuses compare?"


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "shop.db"))


async def asked(server: ScriptedModel, shop: str, reply: Reply) -> tuple[list[Event], Answer]:
    server.plays(statement(BY_STATUS), reply)
    async with opened(server, shop, Options(prose=True)) as loop:
        *events, last = [event async for event in loop.ask(QUESTION)]
    assert isinstance(last, Answered)
    return events, last.answer


def text(words: str) -> Text:
    return Text(json.dumps({"text": words}, ensure_ascii=False))


async def test_sentences_about_the_rows_are_verified_before_they_are_told(
    scripted_model: ScriptedModel, shop: str
) -> None:
    reply = text("Paid leads with 36,000. Cancelled has 700.")
    events, answer = await asked(scripted_model, shop, reply)
    assert answer.text == "Paid leads with 36,000."
    assert answer.notes == ("1 sentences were left out, since the rows do not hold their numbers.",)
    assert [e.text for e in events if isinstance(e, TextDelta)] == [answer.text]
    assert Progress("summarising") in events
    assert answer.usage.calls == 2
    first, second = (request["messages"] for request in scripted_model.requests)
    assert second[: len(first)] == first
    assert "share of row 1 in total, %: 98.63" in second[-1]["content"]


@pytest.mark.parametrize("reply", [text("There are 99."), Text("?"), UNAVAILABLE])
async def test_without_a_sentence_that_holds_the_rows_are_the_answer(
    scripted_model: ScriptedModel, shop: str, reply: Reply
) -> None:
    _, answer = await asked(scripted_model, shop, reply)
    assert (answer.status, answer.text) == ("answered", "2 rows.")


def test_sentences_are_written_for_comparisons_explanations_and_many_rows_only() -> None:
    two = result((1,), (2,), n="integer")
    assert adds("売上の推移は?", two)
    assert adds("Explain the sales by year.", two)
    assert adds("List them.", result(*((n,) for n in range(10)), n="integer"))
    assert not adds("List them.", two)
    assert not adds("Explain the total.", result((1,), n="integer"))
