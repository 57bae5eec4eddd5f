from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.events import Answer
from assistant.sessions.store import Store
from assistant.tui.session_picker import SessionPicker
from tests.assistant.tui.screens import showing


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "s.db") as store:
        for question in ("売上 [/foo] の推移", "東京の顧客", "refunds"):
            session = store.begin("sales", "m", question)
            turn = store.ask(session, question)
            store.answer(turn, Answer("answered", "a", sql="SELECT amount FROM refunds"))
        yield store


async def test_typing_searches_and_enter_opens(store: Store) -> None:
    async with showing(SessionPicker(store, "sales")) as (app, pilot):
        for text in ("売上 [/foo] の推移", "東京の顧客", "refunds", "questions: 1"):
            assert text in app.text
        app.screen.query_one("Input").insert_text_at_cursor("東京")
        await pilot.pause()
        assert "売上" not in app.text
        await pilot.press("enter")
    assert app.ended == [2]


async def test_the_arrows_choose_while_the_caret_stays_in_the_line(store: Store) -> None:
    async with showing(SessionPicker(store, "sales")) as (app, pilot):
        await pilot.press("down", "down", "up", "enter")
    assert app.ended == [2]


async def test_a_session_is_renamed_and_escape_leaves_its_title(store: Store) -> None:
    async with showing(SessionPicker(store, "sales")) as (app, pilot):
        await pilot.press("f2", "x", "escape")
        assert store.sessions("sales")[0].title == "refunds"
        await pilot.press("f2", "2", "enter")
        assert store.sessions("sales")[0].title == "refunds2"
        assert "refunds2" in app.text
        await pilot.press("escape")
    assert app.ended == [None]


async def test_a_session_is_deleted_by_the_second_press_only(store: Store) -> None:
    async with showing(SessionPicker(store, "sales")) as (app, pilot):
        await pilot.press("f8")
        assert "F8 again deletes: refunds" in app.text
        await pilot.press("down", "f8", "up")
        assert len(store.sessions("sales")) == 3
        await pilot.press("f8", "f8")
        assert [s.title for s in store.sessions("sales")] == ["東京の顧客", "売上 [/foo] の推移"]
        assert "refunds" not in app.text


async def test_an_empty_history_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db") as store:
        async with showing(SessionPicker(store, "sales")) as (app, pilot):
            assert "No conversation is kept here" in app.text
            await pilot.press("enter", "f2", "f8", "down", "escape")
    assert app.ended == [None]


async def test_a_file_that_fails_is_told_and_the_picker_stays(store: Store) -> None:
    async with showing(SessionPicker(store, "sales"), (120, 30)) as (app, pilot):
        store.close()
        await pilot.press("f8", "f8", "x")
        await pilot.pause()
        assert "cannot use the conversations" in app.text
        await pilot.press("escape")
    assert app.ended == [None]
