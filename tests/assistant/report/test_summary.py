import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import ModelRejected
from assistant.report.document import Document
from assistant.report.staff import Staff
from assistant.report.summary import summarise
from tests.assistant.report.documents import document, long_document
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


MADE = ("最も動いたのは売上合計で、▲ +¥2,345 (+23.5%)（2025-11 と比較）です。",)


def asked(**changes: object) -> Document:
    """The document, with the model's prose wished for."""
    plain = document(**changes)
    return replace(plain, summary=replace(plain.summary, prose=True))


def long_summed() -> Document:
    """One table of twelve rows, a summary wished for."""
    plain = long_document(1, 12)
    return replace(plain, summary=replace(plain.summary, wanted=True))


def staff(pen: Pen) -> Staff:
    return Staff((ScriptedAsker(),), pen.write)


async def test_slots_are_filled_from_the_rows() -> None:
    pen = Pen(json.dumps({"sentences": ["売上は{f1}で、前回より{f2}でした。"]}))
    summed, _ = await summarise(asked(), None, staff(pen))
    assert summed.summary.sentences == (
        *MADE,
        "売上は¥12,345で、前回より▲ +¥2,345 (+23.5%)でした。",
    )
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
        "売上は{f1}に増えました。",  # only a fact about the change says so
        "売上は{f1}で、前年比で好調です。",
        "前回より{f2}減りました。",  # it rose
        "売上は{f1}です。来月も続くでしょう。",
        "売上は{f1}で最も多いです。",
        7,
    ],
)
async def test_a_sentence_that_is_not_from_the_rows_is_dropped(sentence: object) -> None:
    pen = Pen(json.dumps({"sentences": [sentence, "売上は{f1}です。"]}))
    summed, _ = await summarise(asked(), None, staff(pen))
    assert summed.summary.sentences == (
        *MADE,
        "売上は¥12,345です。",
    )


@pytest.mark.parametrize(
    "reply", ["not JSON", "{}", "[]", ModelRejected(url="x", status=500, message="out of order")]
)
async def test_a_model_that_writes_nothing_useful_leaves_the_report_without_prose(
    reply: str | Exception,
) -> None:
    summed, kept = await summarise(asked(), None, staff(Pen(reply)))
    assert (summed.summary.sentences, kept) == (MADE, None)


async def test_the_same_facts_need_no_model_and_other_facts_get_no_old_prose() -> None:
    pen = Pen(json.dumps({"sentences": ["売上は{f1}です。"]}))
    _, kept = await summarise(asked(), None, staff(pen))
    again, _ = await summarise(asked(), kept, None)
    assert again.summary.sentences == (
        *MADE,
        "売上は¥12,345です。",
    )
    assert kept is not None
    other = kept.model_copy(update={"facts": "another"})
    assert (await summarise(asked(), other, None))[0].summary.sentences == MADE
    assert len(pen.asked) == 1


async def test_a_partial_report_is_not_summed_up() -> None:
    pen = Pen("{}")
    summed, _ = await summarise(asked(partial=True), None, staff(pen))
    assert (pen.asked, summed.summary.sentences) == ([], ())


async def test_without_a_wish_for_prose_code_makes_the_summary_alone() -> None:
    pen = Pen("{}")
    summed, _ = await summarise(document(), None, staff(pen))
    assert (pen.asked, summed.summary.sentences) == ([], MADE)


async def test_the_greatest_row_of_a_table_is_told_in_its_own_format() -> None:
    summed, _ = await summarise(long_summed(), None, None)
    assert summed.summary.sentences == ("「質問 0」では項目 11が最も大きく、salesは11,000です。",)


@pytest.mark.parametrize(
    "sentence",
    ["売上は前回より{f2}増えました。", "売上は{f1}、差は{f2}です。", "{f1}でした。{f2}です。"],
)
async def test_what_the_facts_say_stays(sentence: str) -> None:
    pen = Pen(json.dumps({"sentences": [sentence]}))
    summed, _ = await summarise(asked(), None, staff(pen))
    assert len(summed.summary.sentences) == 2
