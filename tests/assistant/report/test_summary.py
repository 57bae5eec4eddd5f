import json
from typing import Any

import pytest

from assistant.errors import ModelRejected
from assistant.report.staff import Staff
from assistant.report.summary import summarise
from tests.assistant.report.documents import document
from tests.assistant.scripted import ScriptedAsker


class Pen:
    """Writes what it was told to, and keeps what it was asked."""

    def __init__(self, reply: str | Exception) -> None:
        self.reply, self.asked = reply, []

    async def write(self, system: str, user: str, schema: dict[str, Any]) -> str:
        self.asked.append(user)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


def staff(pen: Pen) -> Staff:
    return Staff((ScriptedAsker(),), pen.write)


async def test_slots_are_filled_from_the_rows() -> None:
    pen = Pen(json.dumps({"sentences": ["売上は{f1}で、前回より{f2}でした。"]}))
    summed, _ = await summarise(document(), None, staff(pen))
    assert summed.summary.sentences == ("売上は¥12,345で、前回より▲ +¥2,345 (+23.5%)でした。",)
    assert "f1: 売上合計 = ¥12,345" in pen.asked[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "売上は9999円でした。",  # its own number
        "{f1}は前年の2倍でした。",
        "{f1}は二十万円を超えました。",
        "{f99}でした。",  # no such fact
        "好調でした。",  # no fact at all
        "{f1}と{x}でした。",
        7,
    ],
)
async def test_a_sentence_that_is_not_from_the_rows_is_dropped(sentence: object) -> None:
    pen = Pen(json.dumps({"sentences": [sentence, "売上は{f1}です。"]}))
    summed, _ = await summarise(document(), None, staff(pen))
    assert summed.summary.sentences == ("売上は¥12,345です。",)


@pytest.mark.parametrize(
    "reply", ["not JSON", "{}", "[]", ModelRejected(url="x", status=500, message="out of order")]
)
async def test_a_model_that_writes_nothing_useful_leaves_the_report_without_prose(
    reply: str | Exception,
) -> None:
    summed, kept = await summarise(document(), None, staff(Pen(reply)))
    assert (summed.summary.sentences, kept) == ((), None)


async def test_the_same_facts_need_no_model_and_other_facts_get_no_old_prose() -> None:
    pen = Pen(json.dumps({"sentences": ["売上は{f1}です。"]}))
    _, kept = await summarise(document(), None, staff(pen))
    again, _ = await summarise(document(), kept, None)
    assert again.summary.sentences == ("売上は¥12,345です。",)
    assert kept is not None
    other = kept.model_copy(update={"facts": "another"})
    assert (await summarise(document(), other, None))[0].summary.sentences == ()
    assert len(pen.asked) == 1


async def test_a_partial_report_is_not_summed_up() -> None:
    pen = Pen("{}")
    await summarise(document(partial=True), None, staff(pen))
    assert pen.asked == []
