"""The screens that are pictured: a script for the asker, and what the person does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assistant.asker import Surroundings
from assistant.events import (
    Answer,
    Answered,
    Progress,
    QueryResult,
    ReasoningDelta,
    SqlDelta,
    SqlReady,
)
from assistant.locale import Language
from tests.assistant.scripted import SCHEMA, USAGE, ScriptedAsker, Step, answered, result
from tests.assistant.tui.chat import Chat

SQL = (
    "SELECT p.name AS 都道府県, SUM(o.total) AS 売上\nFROM orders AS o\n"
    "JOIN prefectures AS p ON p.id = o.prefecture_id\n"
    "WHERE o.ordered_on >= '2025-01-01'\nGROUP BY p.name\nORDER BY 売上 DESC"
)
NAMES = {
    "ja": ("都道府県", "売上", "前年の売上", "東京都", "大阪府", "神奈川県", "愛知県", "北海道"),
    "en": ("city", "sales", "last_year", "Tokyo", "Osaka", "Yokohama", "Nagoya", "Sapporo"),
}
QUESTIONS = {
    "ja": "2025年の売上が多い都道府県は？",
    "en": "Which cities sold the most in 2025?",
}
ANSWERS = {"ja": "5 行あります。", "en": "5 rows."}
TWELVE = {"ja": "12 行あります。", "en": "12 rows."}
MONTHLY = {"ja": "毎月の売上は？", "en": "Sales by month?"}
ASKED_BACK = {
    "ja": ("「売上」はどちらですか？", ("税抜の売上", "税込の売上")),
    "en": ("Which sales do you mean?", ("without tax", "with tax")),
}
ERROR = {"ja": "列 o.totl がありません", "en": "Unknown column 'o.totl' in 'field list'"}
Act = Callable[[Chat, Language], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """`name` is a part of the file's name; `act` ends when the screen is as it shall be."""

    name: str
    script: Callable[[Language], list[list[Step]]]
    act: Act


def asker(scripts: list[list[Step]]) -> ScriptedAsker:
    """With a model that takes an effort, in a context of known size."""
    return ScriptedAsker(*scripts, surroundings=Surroundings(SCHEMA, "gpt-oss-20b", 16384, "low"))


def cities(lang: Language) -> QueryResult:
    """Five rows, one of which has no value for last year."""
    name, sales, last, *places = NAMES[lang]
    numbers = [(48213900, 45100250), (31750000, 33008000), (27400120, 25999999),
               (18300450, None), (9875000, 9120000)]  # fmt: skip
    rows = ((place, *pair) for place, pair in zip(places, numbers, strict=True))
    return result(*rows, **{name: "text", sales: "integer", last: "integer"})


def months(lang: Language) -> QueryResult:
    """A year of sales."""
    values = (310, 295, 402, 388, 415, 377, 450, 431, 498, 512, 541, 620)
    rows = ((f"2025-{month:02d}", value * 10_000) for month, value in enumerate(values, 1))
    return result(*rows, **{"month": "text", NAMES[lang][1]: "integer"})


def best(lang: Language) -> list[Step]:
    """A question that is answered with a table."""
    note = {"ja": "1 行に前年の値がありません。", "en": "1 row has no value for last year."}
    return [
        ReasoningDelta("…"),
        SqlReady(SQL),
        *answered(ANSWERS[lang], sql=SQL, result=cities(lang), notes=(note[lang],)),
    ]


def stuck(*steps: Step) -> list[Step]:
    """Steps that are followed by nothing."""
    return [*steps, asyncio.Event()]


def failing(lang: Language) -> list[Step]:
    """A statement that the database does not take."""
    return [Answered(Answer("failed", ERROR[lang], sql=SQL))]


def asking(lang: Language) -> list[Step]:
    """A question back."""
    text, choices = ASKED_BACK[lang]
    back = Answer("ask", text, choices=choices, default=choices[0], usage=USAGE)
    return [Answered(back)]


async def ask(chat: Chat, lang: Language, *shown: str) -> None:
    """Ask, and wait until these are on the screen."""
    await chat.submit(QUESTIONS[lang])
    await chat.shows(*shown)


async def see_answer(chat: Chat, lang: Language) -> None:
    """The answer and its table."""
    await ask(chat, lang, "48,213,900", ANSWERS[lang], "17.5 tok/s · 3.2")


async def see_writing(chat: Chat, lang: Language) -> None:
    """The statement as it is written."""
    await ask(chat, lang, "ORDER BY")


async def see_bars(chat: Chat, lang: Language) -> None:
    """The chart of the table."""
    await see_answer(chat, lang)
    await chat.pilot.press("f3")
    await chat.shows("█")


async def see_line(chat: Chat, lang: Language) -> None:
    """Values over time."""
    await chat.submit(MONTHLY[lang])
    await chat.shows("2025-12")
    await chat.pilot.press("f3")
    await chat.shows("┤")


async def see_choices(chat: Chat, lang: Language) -> None:
    """What the assistant asked back."""
    await ask(chat, lang, ASKED_BACK[lang][0])


async def see_failure(chat: Chat, lang: Language) -> None:
    """What went wrong."""
    await ask(chat, lang, "totl")


async def see_cursor(chat: Chat, lang: Language) -> None:
    """The table, sorted by a key."""
    await see_answer(chat, lang)
    chat.app.query("ResultTable").first().focus()
    await chat.pilot.press("right", "s")
    await chat.shows("▲")


async def see_value(chat: Chat, lang: Language) -> None:
    """A value in full."""
    await see_cursor(chat, lang)
    await chat.pilot.press("enter")
    await chat.shows("(integer)")


async def see_help(chat: Chat, lang: Language) -> None:
    """The keys of the moment."""
    await see_answer(chat, lang)
    await chat.pilot.press("f1")
    await chat.shows("F6  ")


async def see_editor(chat: Chat, lang: Language) -> None:
    """A statement that was edited, with what is wrong below it."""
    await see_answer(chat, lang)
    await chat.pilot.press("f2")
    await chat.shows("F5 ")
    await chat.pilot.press(*"\nord", "f5")
    await chat.shows("totl")


async def see_loading(chat: Chat, lang: Language) -> None:
    """The model is still loading, and a question waits."""
    await chat.submit(QUESTIONS[lang])
    await chat.shows("40%", QUESTIONS[lang])


SCENES = (
    Scene("loading", lambda lang: [], see_loading),
    Scene("writing", lambda lang: [stuck(Progress("writing"), SqlDelta(SQL))], see_writing),
    Scene("answer", lambda lang: [best(lang)], see_answer),
    Scene("table", lambda lang: [best(lang)], see_cursor),
    Scene("value", lambda lang: [best(lang)], see_value),
    Scene("bars", lambda lang: [best(lang)], see_bars),
    Scene("line", lambda lang: [answered(TWELVE[lang], result=months(lang))], see_line),
    Scene("choices", lambda lang: [asking(lang)], see_choices),
    Scene("failure", lambda lang: [failing(lang)], see_failure),
    Scene("help", lambda lang: [best(lang)], see_help),
    Scene("editor", lambda lang: [best(lang), failing(lang)], see_editor),
)
