import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.asker import ChatAsker, Serving, Surroundings
from assistant.errors import KnowledgeUnusable, SettingUnknown
from assistant.events import (
    Answer,
    Answered,
    Progress,
    ReasoningDelta,
    SqlDelta,
    TextDelta,
)
from assistant.locale import set_language
from assistant.tui.app import ChatApp
from assistant.tui.archive import Archive, Exchange
from assistant.tui.result_table import ResultTable
from assistant.tui.turn import Turn
from tests.assistant.scripted import (
    SCHEMA,
    ScriptedAsker,
    Step,
    answered,
    opener,
    result,
)
from tests.assistant.tui.chat import Chat, chatting

CITIES = result(("東京都", 12345), ("深圳", 7), name="text", sales="integer")
SQL = "SELECT name, SUM(x) AS sales FROM orders AS o"
BEST = answered("東京都が最多です。", sql=SQL, result=CITIES)
FAILED: list[Step] = [Answered(Answer("failed", "no such column: o.foo"))]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    set_language(None)


@asynccontextmanager
async def answered_chat(*scripts: list[Step], **opening: object) -> AsyncIterator[Chat]:
    async with chatting(ScriptedAsker(BEST, *scripts), **opening) as chat:
        await chat.submit("Which city?")
        await chat.shows("東京都が最多です。")
        yield chat


async def test_one_key_shows_the_chart_and_the_table_again() -> None:
    async with answered_chat() as chat:
        await chat.shows("F3 chart")
        await chat.pilot.press("f3")
        await chat.shows("深圳   ▏ 7", "F3 table")
        await chat.pilot.press("f3")
        await chat.shows("name ", "F3 chart")


async def test_the_chart_is_saved_as_svg_under_a_name_that_is_free(tmp_path: Path) -> None:
    (tmp_path / "kotae-chart-1.svg").touch()
    async with answered_chat() as chat:
        await chat.app.run_action("command('save_chart')")
        await chat.until((tmp_path / "kotae-chart-2.svg").exists)
    root = ElementTree.parse(tmp_path / "kotae-chart-2.svg").getroot()
    assert "東京都" in "".join(root.itertext())


async def test_an_edited_statement_runs_and_becomes_a_turn_of_its_own() -> None:
    other = result(("大阪府", 9), name="text", sales="integer")
    async with answered_chat(FAILED, answered("", sql="SELECT 2", result=other)) as chat:
        await chat.pilot.press("f2")
        await chat.shows("Edit the SQL", "FROM orders AS o")
        await chat.pilot.press(*" WHERE o.or")
        await chat.shows("Tab: ordered_on")
        await chat.pilot.press("tab", "f5")
        await chat.shows("no such column: o.foo", "WHERE o.ordered_on")
        await chat.pilot.press("f5")
        await chat.shows("❯ Which city? (SQL edited)", "大阪府")
        assert chat.app.line.has_focus
        asker = chat.app.asker
    assert isinstance(asker, ScriptedAsker)
    assert asker.asked[1:] == [f"run: {SQL} WHERE o.ordered_on"] * 2


async def test_escape_cancels_a_statement_that_was_edited_then_closes_the_editor() -> None:
    async with answered_chat([Progress("running"), asyncio.Event()]) as chat:
        await chat.pilot.press("f2", "f5")
        await chat.shows("Running it in the database")
        await chat.pilot.press("escape")
        await chat.shows("Cancelled.", "Edit the SQL")
        await chat.pilot.press("escape")
        await chat.until(lambda: "Edit the SQL" not in chat.screen)


async def test_an_answer_that_was_right_is_kept_with_its_question() -> None:
    kept: list[tuple[str, str]] = []

    def keep(question: str, sql: str) -> str:
        kept.append((question, sql))
        return "knowledge/pairs.jsonl"

    async with answered_chat(keep_pair=keep) as chat:
        await chat.pilot.press("f4")
        await chat.shows("✓ Kept as right in knowledge/pairs.jsonl")
    assert kept == [("Which city?", SQL)]


async def test_a_pair_that_cannot_be_kept_says_why() -> None:
    def keep(question: str, sql: str) -> str:
        raise KnowledgeUnusable(path="pairs.jsonl", reason="disk full [/x]")

    async with answered_chat(keep_pair=keep) as chat:
        await chat.pilot.press("f4")
        await chat.shows("cannot use pairs.jsonl: disk full [/x]")


async def test_the_statement_is_explained_below_its_turn() -> None:
    words: list[Step] = [TextDelta("It adds up "), *answered("It adds up sales.")]
    async with answered_chat(words) as chat:
        await chat.pilot.press("f6")
        await chat.shows("In words", "It adds up sales.")


async def test_a_second_look_shows_its_own_statement_and_what_it_found() -> None:
    second: list[Step] = [
        ReasoningDelta("hm"),
        SqlDelta("SELECT 2"),
        *answered("Both ways agree.", sql="SELECT 2", notes=("checked",)),
    ]
    async with answered_chat(second) as chat:
        await chat.pilot.press("f5")
        await chat.shows("A second look", "Both ways agree.", "checked")
        asker = chat.app.asker
    assert isinstance(asker, ScriptedAsker)
    assert asker.asked[-1] == "check: Which city?"


async def test_escape_cancels_an_explanation() -> None:
    async with answered_chat([TextDelta("It"), asyncio.Event()]) as chat:
        await chat.pilot.press("f6")
        await chat.shows("In words")
        await chat.pilot.press("escape")
        await chat.shows("Cancelled.")


async def test_rows_that_were_cut_can_be_counted_in_the_database() -> None:
    cut = type(CITIES)(CITIES.columns, CITIES.rows, "rows", 1.0, SQL)
    total = result((48213,), counted="integer")
    asker = ScriptedAsker(answered("many", sql=SQL, result=cut), answered("", result=total))
    async with chatting(asker) as chat:
        await chat.submit("all")
        await chat.shows("first 2 rows; the database holds more")
        await chat.app.run_action("command('count')")
        await chat.shows("2 of 48,213 rows")
    assert asker.asked[-1] == f"run: SELECT COUNT(*) AS counted FROM (\n{SQL}\n) AS whole"


async def test_a_key_folds_the_statement_and_the_reasoning_is_folded_away() -> None:
    async with chatting(ScriptedAsker([ReasoningDelta("because"), *BEST])) as chat:
        await chat.submit("q")
        await chat.shows("▶ SQL", "▶ Reasoning")
        assert "because" not in chat.screen
        await chat.pilot.press("ctrl+s")
        await chat.shows("▼ SQL", "FROM orders AS o")


async def test_a_value_is_shown_in_full_and_copied() -> None:
    async with answered_chat() as chat:
        chat.app.query_one(ResultTable).focus()
        await chat.pilot.press("right", "enter")
        await chat.shows("sales (integer)", "12345")
        await chat.pilot.press("c")
        assert chat.app.clipboard == "12345"
        await chat.pilot.press("escape", "y")
        await chat.until(lambda: chat.app.clipboard == "東京都\t12345")
        await chat.pilot.press("escape")
        assert chat.app.line.has_focus


async def test_commands_work_on_the_turn_that_has_the_focus() -> None:
    async with answered_chat(answered("the second")) as chat:
        await chat.submit("again")
        await chat.shows("the second")
        await chat.pilot.press("f3")
        assert "▏" not in chat.screen
        chat.app.query_one(ResultTable).focus()
        await chat.pilot.press("f3")
        await chat.shows("深圳   ▏ 7")


async def test_help_lists_the_keys_of_the_moment_only() -> None:
    async with chatting(ScriptedAsker(BEST)) as chat:
        await chat.pilot.press("f1")
        await chat.shows("Keys of the moment", "Ctrl+Q", "Quit")
        assert "Chart or table" not in chat.screen
        await chat.pilot.press("escape")
        await chat.submit("q")
        await chat.shows("東京都が最多です。")
        chat.app.query_one(ResultTable).focus()
        await chat.pilot.press("f1")
        await chat.shows("F3", "Chart or table", "Sort by this column", "Copy the row")


async def test_the_palette_has_every_command_that_is_possible() -> None:
    async with answered_chat() as chat:
        await chat.pilot.press("ctrl+p")
        await chat.pilot.press(*"Save the chart")
        await chat.shows("Save the chart as SVG")


async def test_the_language_changes_while_the_chat_stands() -> None:
    async with answered_chat() as chat:
        await chat.app.run_action("command('language')")
        await chat.shows("2 行 · F3 グラフ", "準備完了", "質問をどうぞ", "について、ふだんの言葉で")
        await chat.app.run_action("command('language')")
        await chat.shows("2 rows · F3 chart", "ready", "Your question")


async def test_a_theme_is_found_again_the_next_time() -> None:
    async with chatting(ScriptedAsker(BEST)) as chat:
        chat.app.theme = "nord"
        await chat.until(chat.app.preferences.file.exists)
    async with chatting(ScriptedAsker(BEST)) as chat:
        await chat.until(lambda: chat.app.theme == "nord")


async def test_a_damaged_preference_is_passed_over() -> None:
    async with chatting(ScriptedAsker(BEST)) as chat:
        usual, file = chat.app.theme, chat.app.preferences.file
    file.parent.mkdir(parents=True, exist_ok=True)
    for damaged in ('{"theme": "gone"}', "{", "[]", '{"theme": []}'):
        file.write_text(damaged, encoding="utf-8")
        async with chatting(ScriptedAsker(BEST)) as chat:
            await chat.shows("ready")
            assert chat.app.theme == usual


async def test_keys_are_those_of_the_settings() -> None:
    async with answered_chat(keys={"chart": "ctrl+g", "table_sort": "o"}) as chat:
        await chat.pilot.press("f3")
        assert "▏" not in chat.screen
        await chat.pilot.press("ctrl+g")
        await chat.shows("▏")
        await chat.pilot.press("f1")
        await chat.shows("Ctrl+G")


async def test_a_key_for_an_unknown_command_ends_the_chat_and_names_the_nearest() -> None:
    async with chatting(ScriptedAsker(BEST), keys={"charts": "f3"}) as chat:
        await chat.until(lambda: chat.app.failure is not None)
    assert isinstance(chat.app.failure, SettingUnknown)
    assert chat.app.failure.slots["nearest"] == "keys.chart"


async def test_the_effort_is_switched_for_the_next_question() -> None:
    asker = ScriptedAsker(BEST, surroundings=Surroundings(SCHEMA, "gpt-oss-20b", 16384, "low"))
    async with chatting(asker, (140, 40)) as chat:
        await chat.shows("effort low")
        await chat.pilot.press("f9")
        await chat.shows("effort medium")
        await chat.submit("q")
        await chat.shows("context 1,242/16,384 (8%)", "17.5 tok/s")


async def test_the_status_line_follows_the_model_server() -> None:
    reports: list[Callable[[Progress | Serving], None]] = []

    @asynccontextmanager
    async def opened(report: Callable[[Progress | Serving], None]) -> AsyncIterator[ChatAsker]:
        reports.append(report)
        yield ScriptedAsker(BEST)

    async with chatting(opened) as chat:
        await chat.shows("ready")
        for state, words in (
            (Serving("restarting"), "is being restarted"),
            (Progress("starting", 0.5, "m.gguf"), "loading the model 50% m.gguf"),
            (Serving("down"), "is down"),
            (Serving("ready"), "ready"),
        ):
            reports[0](state)
            await chat.shows(words)


async def test_settings_that_are_wrong_end_the_chat_with_their_error() -> None:
    def broken() -> None:
        raise SettingUnknown(file="kotae.toml", key="x", nearest="keys")

    app = ChatApp(broken)
    async with app.run_test() as pilot:
        await Chat(app, pilot).until(lambda: app.failure is not None)
    assert isinstance(app.failure, SettingUnknown)


async def test_up_and_down_bring_back_what_was_asked() -> None:
    async with chatting(ScriptedAsker(BEST)) as chat:
        for question in ("first", "second"):
            await chat.submit(question)
        await chat.pilot.press("up", "up")
        assert chat.app.line.value == "first"
        await chat.pilot.press("down")
        assert chat.app.line.value == "second"
        await chat.pilot.press("down")
        assert chat.app.line.value == ""


async def test_old_turns_become_lines_and_a_click_brings_one_back() -> None:
    past = [Exchange(f"question {n}", Answer("answered", f"answer {n}", result=CITIES))
            for n in range(200)]  # fmt: skip
    async with chatting(ScriptedAsker(BEST), (80, 30)) as chat:
        await chat.app.conversation.restore(past)
        await chat.shows("answer 199")
        assert len(chat.app.query(Turn)) < 20
        chat.app.conversation.scroll_home(animate=False)
        await chat.shows("❯ question 0", "深圳", "answer 0")
        await chat.pilot.click(Archive, offset=(3, 1))
        await chat.until(lambda: chat.app.query(Turn).last().question == "question 0")
        await chat.shows("answer 0", "F3 chart")
        await chat.pilot.resize_terminal(60, 30)
        chat.app.conversation.scroll_home(animate=False)
        await chat.shows("❯ question 0")
        await chat.app.conversation.clear()
        await chat.until(lambda: "question" not in chat.screen.replace("Your question", ""))


async def test_live_turns_are_folded_into_lines_as_new_ones_come() -> None:
    async with chatting(ScriptedAsker(answered("done")), (80, 30)) as chat:
        for number in range(20):
            await chat.submit(f"question {number}")
            await chat.until(lambda: chat.app.conversation.standing_answer is not None)
        assert len(chat.app.query(Turn)) < 16
        chat.app.conversation.scroll_home(animate=False)
        await chat.shows("❯ question 0")


async def test_without_colours_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with answered_chat(FAILED) as chat:
        await chat.submit("again")
        await chat.shows("東京都", "Failed: no such column: o.foo")


async def test_the_asker_is_gone_while_none_is_open() -> None:
    gate = asyncio.Event()
    async with chatting(opener(ScriptedAsker(BEST), gate)) as chat:
        await chat.shows("loading the model")
        await chat.pilot.press("f9")
        assert chat.app.status.effort is None
        gate.set()
        await chat.shows("ready")
        assert chat.app.asker is not None
