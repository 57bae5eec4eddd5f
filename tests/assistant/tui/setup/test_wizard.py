import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.errors import DatabaseToolFailed, SettingsNotWritable
from assistant.locale import set_language
from assistant.setup import choice as kinds
from assistant.setup.choice import Choice, Proposal, Services
from assistant.tui.setup.app import SetupApp

TESTED = kinds.Tested("MariaDB 10.11", "mysql://u@h/d", "u@h", "reader", (), ("account",), (), 12)
PROPOSALS = (
    Proposal("gpt-oss-20b", "gpt-oss 20B", "fits", 17.6, 12_100_000_000),
    Proposal("qwen2.5-coder-1.5b", "Qwen2.5", "fits", 60.0, 0),
)


@dataclass
class House:
    """Services that answer from a script, and what was asked of them."""

    tested: kinds.Tested | Exception = TESTED
    refusal: Exception | None = None
    tests: list[tuple[str, str]] = field(default_factory=list)
    written: list[Choice] = field(default_factory=list)

    @property
    def services(self) -> Services:
        return Services(self.test, self.propose, self.load_sample, self.write)

    async def test(self, database: str, password: str) -> kinds.Tested:
        self.tests.append((database, password))
        if isinstance(self.tested, Exception):
            raise self.tested
        return self.tested

    async def propose(self) -> tuple[Proposal, ...]:
        return PROPOSALS

    async def load_sample(self, on_share: Callable[[float], None]) -> str:
        await asyncio.to_thread(on_share, 0.5)
        return "sqlite:////data/sales.db"

    def write(self, choice: Choice) -> None:
        if self.refusal:
            refusal, self.refusal = self.refusal, None
            raise refusal
        self.written.append(choice)


class Wizard:
    """The wizard under test."""

    def __init__(self, app: SetupApp, pilot: Pilot[Choice]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def shows(self, *texts: str) -> None:
        with anyio.move_on_after(10):
            while not all(text in self.text for text in texts):
                await self.pilot.pause()
            return
        raise AssertionError(f"no {texts} on\n{self.text}")

    def type(self, text: str) -> None:
        focused = self.app.focused
        assert isinstance(focused, Input)
        focused.insert_text_at_cursor(text)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Wizard]:
    app = SetupApp(house.services)
    async with app.run_test(size=(80, 24)) as pilot:
        wizard = Wizard(app, pilot)
        await wizard.shows("1/3")
        yield wizard


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language(None)


async def test_three_presses_of_enter_give_the_sample_and_the_best_model() -> None:
    house = House()
    async with running(house) as wizard:
        await wizard.press("enter")
        await wizard.shows("2/3", "A sample")
        await wizard.press("enter")
        await wizard.shows("3/3", "gpt-oss-20b", "about 18 tokens/s", "download of 12.1 GB")
        await wizard.press("enter")
        await wizard.pilot.pause()
    chosen = Choice("sqlite:////data/sales.db", model="gpt-oss-20b", language="en")
    assert house.written == [chosen]
    assert wizard.app.return_value == chosen


async def test_a_database_of_ones_own_is_tested_and_graded_before_it_is_taken() -> None:
    house = House(replace(TESTED, grade="admin", excess=("FILE", "SUPER")))
    async with running(house) as wizard:
        await wizard.press("enter")
        await wizard.shows("2/3")
        await wizard.press("down", "enter")
        await wizard.shows("Where is the database?")
        wizard.type("mysql://u@h/d")
        await wizard.press("tab")
        wizard.type("secret [/x]")
        assert "secret" not in wizard.text
        await wizard.press("enter")
        await wizard.shows(
            "MariaDB 10.11 answers", "tables: 12", "FILE, SUPER", "Use this database"
        )
        assert "3/3" not in wizard.text
        await wizard.press("enter")
        await wizard.shows("3/3", "qwen2.5-coder-1.5b")
        await wizard.press("down", "enter")
        await wizard.pilot.pause()
    assert house.tests == [("mysql://u@h/d", "secret [/x]")]
    [choice] = house.written
    assert (choice.database, choice.password) == ("mysql://u@h/d", "secret [/x]")
    assert choice.model == "qwen2.5-coder-1.5b"


async def test_a_database_that_does_not_answer_is_told_and_can_be_corrected() -> None:
    refused = DatabaseToolFailed(code="", actor="time", message="cannot connect [/foo] to h")
    house = House(refused)
    async with running(house) as wizard:
        await wizard.press("enter")
        await wizard.shows("2/3")
        await wizard.press("down", "enter")
        await wizard.shows("Where is the database?")
        wizard.type("mysql://u@h/d")
        await wizard.press("enter")
        await wizard.shows("cannot connect [/foo] to h")
        house.tested = TESTED
        wizard.type("2")
        await wizard.press("enter")
        await wizard.shows("The account only reads", "Use this database")
        wizard.type("3")
        await wizard.shows("Test the connection")
    assert not house.written


async def test_every_step_leads_back_and_the_language_speaks_at_once() -> None:
    house = House()
    async with running(house) as wizard:
        await wizard.press("down", "enter")
        await wizard.shows("2/3", "何について質問しますか？")
        await wizard.press("down", "enter")
        await wizard.shows("データベースはどこにありますか？")
        await wizard.press("escape")
        await wizard.shows("自分のデータベース")
        await wizard.press("escape")
        await wizard.shows("1/3", "どちらの言語で表示しますか？")
        await wizard.press("up", "enter")
        await wizard.shows("2/3", "What do you want to ask about?")
        await wizard.press("enter")
        await wizard.shows("3/3", "gpt-oss-20b")
        await wizard.press("escape")
        await wizard.shows("2/3")
        await wizard.press("escape")
        await wizard.shows("1/3")
        await wizard.press("escape")
        await wizard.pilot.pause()
    assert wizard.app.return_value is None
    assert not house.written


async def test_a_model_server_elsewhere_is_named_by_its_url() -> None:
    house = House()
    async with running(house) as wizard:
        await wizard.press("enter")
        await wizard.shows("2/3")
        await wizard.press("enter")
        await wizard.shows("3/3", "A model server of my own")
        await wizard.press("end", "enter")
        await wizard.shows("http://host:port/v1")
        await wizard.press(*"nas", "enter")
        await wizard.shows("A URL begins with")
        await wizard.press("home")
        wizard.type("http://")
        await wizard.press("enter")
        await wizard.pilot.pause()
    assert [choice.endpoint for choice in house.written] == ["http://nas"]


async def test_a_file_that_cannot_be_written_is_told_at_the_last_step() -> None:
    house = House(refusal=SettingsNotWritable(file="/x/kotae.toml", reason="no space"))
    async with running(house) as wizard:
        await wizard.press("enter")
        await wizard.shows("2/3")
        await wizard.press("enter")
        await wizard.shows("3/3", "gpt-oss-20b")
        await wizard.press("enter")
        await wizard.shows("cannot write the settings", "gpt-oss-20b")
        await wizard.press("enter")
        await wizard.pilot.pause()
    assert len(house.written) == 1
