import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from assistant.asker import ChatAsker
from assistant.errors import Unreachable
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
)
from assistant.locale import set_language
from assistant.tui.conversation import Conversation
from tests.assistant.scripted import USAGE, ScriptedAsker, Step, answered, opener, result
from tests.assistant.tui.chat import chatting

PREFECTURES = result(("東京都", 12345), ("深圳", 7), name="text", sales="integer")
WHOLE: list[Step] = [
    Progress("reading"),
    ReasoningDelta("hm"),
    SqlDelta("SELECT name, "),
    SqlDelta("sales FROM prefectures"),
    SqlReady("SELECT name, sales FROM prefectures", ("sales was read as sales_yen",)),
    Progress("running"),
    RowsReady(PREFECTURES),
    TextDelta("東京都が"),
    Answered(
        Answer(
            "answered",
            "東京都が最多です。",
            sql="SELECT name, sales FROM prefectures",
            result=PREFECTURES,
            notes=("2 rows only",),
            usage=USAGE,
        )
    ),
]
HOSTILE = ["[/foo]", "[b]bold[/b]", "[red", "\\[x]", "x [/foo] y [@click=app.quit]z[/]"]


@pytest.fixture
def japanese() -> Iterator[None]:
    set_language("ja")
    yield
    set_language(None)


class Broken(Unreachable):
    template = "no model server at {url} [/foo]"


@pytest.mark.parametrize("size", [(80, 24), (250, 60)])
async def test_a_question_ends_with_rows_answer_notes_and_cost(size: tuple[int, int]) -> None:
    async with chatting(ScriptedAsker(WHOLE), size) as chat:
        await chat.submit("どの県が最多？")
        await chat.shows("❯ どの県が最多？", "東京都が最多です。", "2 rows", "12,345")
        await chat.shows("sales was read as sales_yen", "2 rows only", "▶ SQL")
        await chat.shows("100 new + 1,100 cached prompt tokens · 42 generated · 17.5 tok/s · 3.2 s")
        await chat.shows("🔒 sales · gpt-oss-20b · ready", "F1 help")


async def test_sql_is_seen_while_the_model_writes_it_and_folded_once_answered() -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker([SqlDelta("SELECT t.name "), gate, *answered("done", sql="SELECT 1")])
    async with chatting(asker) as chat:
        await chat.submit("q")
        await chat.shows("▼ SQL", "SELECT t.name", "answering")
        gate.set()
        await chat.shows("done", "▶ SQL")
        assert "SELECT" not in chat.screen


async def test_the_stage_is_shown_until_the_question_is_over() -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker([Progress("running", 0.25, "orders"), gate, *answered("done")])
    async with chatting(asker) as chat:
        await chat.submit("q")
        await chat.shows("Running it in the database… 25% orders")
        gate.set()
        await chat.shows("done")
        assert "Running" not in chat.screen


async def test_numbers_end_in_one_column_below_japanese_names() -> None:
    async with chatting(ScriptedAsker(WHOLE)) as chat:
        await chat.submit("q")
        await chat.shows("2 rows")
        tokyo, shenzhen = (
            next(line for line in chat.screen.splitlines() if line.startswith(f" {name} "))
            for name in ("東京都", "深圳")
        )
        assert tokyo.endswith("12,345")
        # 深圳 is one character and two cells narrower than 東京都.
        assert len(shenzhen) == len(tokyo) + 1


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_that_looks_like_markup_is_shown_as_it_is(text: str) -> None:
    rows = result((text, None), **{text: "text", "n": "integer"})
    sql = f"SELECT '{text}'"
    asker = ScriptedAsker(
        [
            Progress("running", detail=text),
            SqlDelta(sql),
            SqlReady(sql, (f"mend {text}",)),
            RowsReady(rows),
            Repair(f"reason {text}"),
            SqlReady(sql),
            TextDelta(text),
            Answered(
                Answer(
                    "ask",
                    f"answer {text}",
                    sql=sql,
                    result=rows,
                    notes=(f"note {text}",),
                    choices=(f"choice {text}", "b"),
                    default="b",
                )
            ),
        ],
        [SqlDelta(sql), Broken(url=text)],
    )
    async with chatting(asker) as chat:
        await chat.submit(f"q {text}")
        await chat.shows(f"❯ q {text}", f"SELECT '{text}'", f" {text} ", f"1. choice {text}")
        await chat.shows(f"answer {text}", f"mend {text}", f"reason {text}", f"note {text}")
        await chat.submit("again")
        await chat.shows(f"Failed: no model server at {text} [/foo]")


async def test_escape_sequences_in_values_cannot_reach_the_terminal() -> None:
    rows = result(("\x1b[2J\x9b31m",), **{"a\x1bc": "text"})
    asker = ScriptedAsker(answered("an\x1b]0;title\x07swer", result=rows))
    async with chatting(asker) as chat:
        await chat.submit("q")
        await chat.shows("an␛]0;title␇swer", "␛[2J\ufffd31m", "a␛c")
        assert not {"\x1b", "\x07", "\x9b"} & set(chat.screen)


async def test_escape_cancels_and_the_next_question_is_answered() -> None:
    asker = ScriptedAsker([SqlDelta("SELECT"), asyncio.Event()], answered("the second"))
    async with chatting(asker) as chat:
        await chat.submit("first")
        await chat.shows("SELECT")
        await chat.pilot.press("escape")
        await chat.shows("Cancelled.")
        await chat.submit("second")
        await chat.shows("the second")
    assert asker.ended == ["first", "second"]


async def test_escape_frees_the_screen_before_the_query_is_killed() -> None:
    killed = asyncio.Event()
    stuck = asyncio.Event()

    class SlowToStop(ScriptedAsker):
        async def ask(self, question: str) -> AsyncGenerator[Event, None]:
            try:
                async for event in super().ask(question):
                    yield event
            finally:
                await killed.wait()

    asker = SlowToStop([Progress("running"), stuck], answered("the second"))
    async with chatting(asker) as chat:
        await chat.submit("first")
        await chat.shows("Running")
        await chat.pilot.press("escape")
        await chat.shows("Cancelled.")
        await chat.submit("second")
        await chat.shows("❯ second", "Waiting for its turn…")
        assert asker.asked == ["first"]
        killed.set()
        await chat.shows("the second")


async def test_escape_withdraws_a_question_that_still_waits() -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker(answered("done"))
    async with chatting(opener(asker, gate)) as chat:
        await chat.submit("first")
        await chat.submit("second")
        await chat.pilot.press("escape")
        await chat.shows("Cancelled.")
        gate.set()
        await chat.shows("done")
    assert asker.asked == ["second"]


async def test_questions_typed_while_the_model_loads_are_answered_in_order() -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker(answered("done"))
    async with chatting(opener(asker, gate)) as chat:
        await chat.submit("first")
        await chat.submit("second")
        await chat.shows("loading the model 40% model.gguf", "Waiting for its turn…")
        assert asker.asked == []
        gate.set()
        await chat.until(lambda: chat.screen.count("done") == 2)
    assert asker.asked == ["first", "second"]


async def test_a_model_may_report_from_the_thread_that_loads_it() -> None:
    gate = asyncio.Event()

    @asynccontextmanager
    async def loading(report: Callable[[Progress], None]) -> AsyncIterator[ChatAsker]:
        await asyncio.to_thread(report, Progress("starting", 0.5, "threaded"))
        await gate.wait()
        yield ScriptedAsker(answered("done"))

    async with chatting(loading) as chat:
        await chat.shows("loading the model 50% threaded")
        gate.set()
        await chat.shows("ready")


async def test_a_model_that_does_not_load_is_told_and_the_next_question_tries_again() -> None:
    attempts = 0

    @asynccontextmanager
    async def failing_twice(report: Callable[[Progress], None]) -> AsyncIterator[ChatAsker]:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise Broken(url=f"port {attempts}")
        yield ScriptedAsker(answered("done"))

    async with chatting(failing_twice) as chat:
        await chat.shows("Failed: no model server at port 1 [/foo]", "not available")
        await chat.submit("first")
        await chat.shows("❯ first", "Failed: no model server at port 2 [/foo]")
        await chat.submit("second")
        await chat.shows("done", "ready")


async def test_a_stream_that_breaks_fails_its_question_only() -> None:
    asker = ScriptedAsker([SqlDelta("SELECT"), KeyError("lost")], answered("done"))
    async with chatting(asker) as chat:
        await chat.submit("first")
        await chat.shows("▼ SQL", "Failed: KeyError: 'lost'")
        await chat.submit("second")
        await chat.shows("done")


async def test_a_refusal_says_why() -> None:
    asker = ScriptedAsker([Answered(Answer("refused", "There is no table of weather."))])
    async with chatting(asker) as chat:
        await chat.submit("Will it rain?")
        await chat.shows("Not answered: There is no table of weather.")


async def test_a_repair_drops_the_statement_and_the_rows_before_it() -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker(
        [
            SqlReady("SELECT wrong"),
            RowsReady(PREFECTURES),
            Repair("no column wrong"),
            SqlDelta("SELECT right"),
            gate,
        ]
    )
    async with chatting(asker) as chat:
        await chat.submit("q")
        await chat.shows("SELECT right", "the model corrects it: no column wrong")
        assert "SELECT wrong" not in chat.screen
        assert "東京都" not in chat.screen


@pytest.mark.parametrize(
    ("typed", "asked"), [("2", "by shop"), ("", "by month"), ("by day", "by day")]
)
async def test_a_choice_is_made_by_number_by_enter_or_in_words(typed: str, asked: str) -> None:
    back = Answer("ask", "Sales by what?", choices=("by month", "by shop"), default="by month")
    asker = ScriptedAsker([Answered(back)], answered("done"))
    async with chatting(asker) as chat:
        await chat.submit("sales")
        await chat.shows("Sales by what?", "1. by month (default: Enter)", "2. by shop")
        assert chat.app.line.placeholder.startswith("1 to 2, Enter for the default")
        await chat.submit(typed)
        await chat.shows("done")
    assert asker.asked == ["sales", asked]


async def test_an_empty_line_asks_nothing() -> None:
    asker = ScriptedAsker(answered("done"))
    async with chatting(asker) as chat:
        await chat.submit("")
        await chat.submit("  ")
        await chat.submit("q")
        await chat.shows("done")
    assert asker.asked == ["q"]


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
async def test_quitting_ends_the_question_then_leaves_the_asker(key: str) -> None:
    asker = ScriptedAsker([Progress("running"), asyncio.Event()])
    ended_before_leaving: list[list[str]] = []

    @asynccontextmanager
    async def leaving(report: Callable[[Progress], None]) -> AsyncIterator[ChatAsker]:
        try:
            yield asker
        finally:
            ended_before_leaving.append(list(asker.ended))

    async with chatting(leaving) as chat:
        await chat.submit("q")
        await chat.shows("Running")
        await chat.pilot.press(key)
    assert ended_before_leaving == [["q"]]
    assert not chat.app.return_code


async def test_an_asker_that_cannot_be_left_cleanly_does_not_keep_the_chat_open() -> None:
    @asynccontextmanager
    async def stubborn(report: Callable[[Progress], None]) -> AsyncIterator[ChatAsker]:
        try:
            yield ScriptedAsker(answered("done"))
        finally:
            raise Broken(url="leaving")

    async with chatting(stubborn) as chat:
        await chat.submit("q")
        await chat.shows("done")
        await chat.pilot.press("ctrl+q")
    assert not chat.app.return_code


async def test_the_view_follows_at_the_bottom_only() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    lines = "\n".join(f"line {n}" for n in range(60))
    asker = ScriptedAsker([TextDelta(lines), gates[0], TextDelta("\nmore"), gates[1]])
    async with chatting(asker, (80, 24)) as chat:
        view = chat.app.query_one(Conversation)
        await chat.submit("q")
        await chat.shows("line 59")
        view.scroll_home(animate=False)
        await chat.shows("Ask about sales in your own words.")
        gates[0].set()
        await chat.until(
            lambda: view.max_scroll_y > 0 and "more" in view.query(".answer").last().text
        )
        assert view.scroll_y == 0
        view.scroll_end(animate=False)
        await chat.shows("more")


async def test_the_chat_speaks_japanese(japanese: None) -> None:
    asker = ScriptedAsker(
        [SqlReady("SELECT 1"), RowsReady(PREFECTURES), Repair("列がありません")],
        answered("完了", result=PREFECTURES),
    )
    async with chatting(asker) as chat:
        await chat.shows(
            "sales について、ふだんの言葉で質問してください。", "準備完了", "F1 ヘルプ"
        )
        await chat.submit("最初")
        await chat.shows("モデルが書き直します: 列がありません")
        await chat.submit("次")
        await chat.shows("2 行", "新規 100 + キャッシュ 1,100 トークン")
