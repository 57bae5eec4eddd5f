import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from assistant.completion import Names
from assistant.errors import ToolServerLost
from assistant.linking import StoredValue
from assistant.tui.completed_line import CompletedLine, LookUp
from tests.assistant.shop import SCHEMA


class Typing(App[None]):
    """A line with suggestions, and what was submitted or escaped."""

    def __init__(self, look_up: LookUp | None) -> None:
        super().__init__()
        self.line = Input()
        self.completed = CompletedLine(self.line)
        self.look_up = look_up
        self.submitted: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.completed

    def on_mount(self) -> None:
        self.completed.know(Names(SCHEMA), self.look_up)
        self.line.focus()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        self.submitted.append(submitted.value)

    @property
    def suggestions(self) -> list[str]:
        options = self.query_one(OptionList)
        return [str(option.prompt) for option in options.options] if options.display else []


@asynccontextmanager
async def typing(look_up: LookUp | None = None) -> AsyncIterator[tuple[Typing, Pilot[None]]]:
    app = Typing(look_up)
    async with app.run_test() as pilot:
        yield app, pilot


async def test_tab_takes_a_name_and_the_arrows_choose() -> None:
    async with typing() as (app, pilot):
        await pilot.press(*"all ord")
        assert app.suggestions == ["orders  table", "ordered_on  column orders.ordered_on"]
        await pilot.press("down", "tab")
        assert app.line.value == "all ordered_on"
        assert app.suggestions == []
        assert app.focused is app.line


async def test_enter_submits_what_was_typed_whatever_is_suggested() -> None:
    async with typing() as (app, pilot):
        await pilot.press(*"ord", "enter")
        assert app.submitted == ["ord"]


async def test_escape_closes_the_suggestions_and_leaves_the_word() -> None:
    async with typing() as (app, pilot):
        await pilot.press(*"ord", "escape")
        assert app.suggestions == []
        assert app.line.value == "ord"


async def test_an_input_methods_commit_is_completed_in_the_middle_of_a_line() -> None:
    async with typing() as (app, pilot):
        app.line.value = "の売上"
        app.line.cursor_position = 0
        app.line.insert_text_at_cursor("顧")
        await pilot.pause()
        assert app.suggestions == ["顧客  table customers"]
        await pilot.press("tab")
        assert app.line.value == "顧客の売上"
        assert app.line.cursor_position == 2


async def test_values_of_the_database_come_later_and_only_for_the_word_that_is_there() -> None:
    gates = {"東": asyncio.Event(), "東京": asyncio.Event()}

    async def look_up(text: str) -> Sequence[StoredValue]:
        await gates[text].wait()
        return [StoredValue("prefectures", "name", "東京都")]

    async with typing(look_up) as (app, pilot):
        app.line.insert_text_at_cursor("東")
        await pilot.pause()
        app.line.insert_text_at_cursor("京")
        await pilot.pause()
        gates["東"].set()
        await pilot.pause()
        assert app.suggestions == []
        gates["東京"].set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.suggestions == ["東京都  value prefectures.name"]


async def test_a_database_that_is_gone_disturbs_nobody_who_types() -> None:
    async def look_up(text: str) -> Sequence[StoredValue]:
        raise ToolServerLost(reason="gone")

    async with typing(look_up) as (app, pilot):
        await pilot.press(*"ord")
        await app.workers.wait_for_complete()
        assert app.suggestions[0] == "orders  table"
