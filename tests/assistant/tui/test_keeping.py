import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.events import Answer, Answered
from assistant.followup import Memory
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store
from tests.assistant.scripted import ScriptedAsker, answered, result
from tests.assistant.tui.chat import chatting

ROWS = result(("東京都", 12345), name="text", sales="integer")
ANSWER = Answer("answered", "東京都が最多です。", sql="SELECT 1", result=ROWS)


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    with Store(tmp_path / "s.db") as store:
        yield Notebook(store, Memory(), "sales", "gpt-oss-20b")


def had_before(notebook: Notebook, *questions: str) -> None:
    """A conversation that is over."""
    notebook.restart()
    for question in questions:
        notebook.answered(notebook.asked(question), ANSWER)
    notebook.restart()


async def test_what_is_asked_is_kept_at_once_and_its_answer_when_it_stands(
    notebook: Notebook,
) -> None:
    gate = asyncio.Event()
    asker = ScriptedAsker([gate, Answered(ANSWER)])
    async with chatting(asker, notebook=notebook) as chat:
        await chat.submit("どの県が最多？")
        await chat.until(lambda: notebook.session is not None)
        transcript = notebook.transcript()
        assert transcript
        assert [turn.answer for turn in transcript.turns] == [None]
        gate.set()
        await chat.shows("東京都が最多です。")
        await chat.until(lambda: not chat.app.keeping.busy)
    transcript = notebook.transcript()
    assert transcript
    assert [turn.answer for turn in transcript.turns] == [ANSWER]


async def test_a_conversation_of_before_is_found_shown_and_gone_on_with(
    notebook: Notebook,
) -> None:
    had_before(notebook, "売上 [/x] の推移")
    had_before(notebook, "refunds")
    async with chatting(ScriptedAsker(answered("more")), notebook=notebook) as chat:
        await chat.shows("ready")
        await chat.pilot.press("f7")
        await chat.shows("Conversations", "売上 [/x] の推移", "refunds")
        chat.app.screen.query_one("Input").insert_text_at_cursor("推移")
        await chat.pilot.pause()
        await chat.pilot.press("enter")
        await chat.shows("❯ 売上 [/x] の推移", "東京都が最多です。", "12,345")
        await chat.submit("では大阪は？")
        await chat.shows("more")
        await chat.until(lambda: not chat.app.keeping.busy)
    transcript = notebook.transcript()
    assert transcript
    assert [turn.question for turn in transcript.turns] == ["売上 [/x] の推移", "では大阪は？"]


async def test_a_chat_goes_on_where_the_last_one_ended(notebook: Notebook) -> None:
    had_before(notebook, "first", "second")
    latest = notebook.store.latest("sales")
    assert latest
    resumed = notebook.resume(latest)
    async with chatting(ScriptedAsker([]), notebook=notebook, resumed=resumed) as chat:
        await chat.shows("❯ first", "❯ second", "東京都が最多です。")


async def test_a_new_conversation_begins_with_an_empty_screen(notebook: Notebook) -> None:
    async with chatting(ScriptedAsker(answered("one answer")), notebook=notebook) as chat:
        await chat.submit("q")
        await chat.shows("one answer")
        await chat.until(lambda: not chat.app.keeping.busy)
        await chat.pilot.press("ctrl+n")
        await chat.until(lambda: "one answer" not in chat.screen)
        assert notebook.session is None


async def test_a_conversation_and_its_rows_are_exported(notebook: Notebook) -> None:
    async with chatting(ScriptedAsker([Answered(ANSWER)]), notebook=notebook) as chat:
        await chat.submit("どの県 / 最多？")
        await chat.shows("東京都が最多です。")
        await chat.until(lambda: not chat.app.keeping.busy)
        await chat.pilot.press("ctrl+o")
        await chat.shows("Export the conversation", "どの県-最多-")
        await chat.pilot.press("enter")
        await chat.until(lambda: len(chat.app.screen_stack) == 1)
        await chat.pilot.press("ctrl+r")
        await chat.shows("Export the rows")
        await chat.pilot.press("enter")
        await chat.until(lambda: len(chat.app.screen_stack) == 1)
    [page], [rows] = list(Path().glob("*.html")), list(Path().glob("*.csv"))
    assert "東京都が最多です。" in page.read_text("utf-8")
    assert "東京都,12345" in rows.read_text("utf-8-sig")


async def test_a_name_of_the_schema_goes_into_the_question() -> None:
    async with chatting(ScriptedAsker([])) as chat:
        await chat.shows("ready")
        await chat.pilot.press(*"all ", "f8")
        await chat.shows("orders", "customers")
        await chat.pilot.press("down", "enter")
        await chat.until(lambda: chat.app.line.value == "all customers")
        assert chat.app.focused is chat.app.line


async def test_names_and_values_complete_the_question_and_the_arrows_are_free_otherwise() -> None:
    async with chatting(ScriptedAsker(answered("done"))) as chat:
        await chat.submit("earlier")
        await chat.shows("done")
        chat.app.line.insert_text_at_cursor("東京")
        await chat.shows("東京商店  value customers.name")
        await chat.pilot.press("tab")
        assert chat.app.line.value == "東京商店"
        await chat.pilot.press("up")
        assert chat.app.line.value == "earlier"


async def test_a_disk_that_fails_stops_no_answer(notebook: Notebook) -> None:
    notebook.store.close()
    async with chatting(ScriptedAsker(answered("still answered")), notebook=notebook) as chat:
        await chat.submit("q")
        await chat.shows("still answered")
