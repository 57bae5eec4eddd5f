"""Driving the chat in tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from textual.pilot import Pilot

from assistant.asker import ChatAsker, OpenChat
from assistant.tui.app import ChatApp
from assistant.tui.opening import Opening
from assistant.tui.question_line import QuestionLine
from tests.assistant.scripted import opener


class Chat:
    """A chat under test: what is typed, and what then stands on the screen."""

    def __init__(self, app: ChatApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> str:
        """The screen's lines as a person sees them."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def submit(self, line: str) -> None:
        """Type a line and press Enter."""
        self.app.query_one(QuestionLine).insert_text_at_cursor(line)
        await self.pilot.press("enter")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it, not forever; shows the screen when it does not come."""
        with anyio.move_on_after(10):
            while not condition():
                await self.pilot.pause()
            return
        raise AssertionError(f"did not happen; the screen:\n{self.screen}")

    async def shows(self, *texts: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: all(text in self.screen for text in texts))


@asynccontextmanager
async def chatting(
    asker: ChatAsker | OpenChat, size: tuple[int, int] = (100, 40), **opening: object
) -> AsyncIterator[Chat]:
    """The chat over this asker, or over what opens one."""
    open_asker = asker if callable(asker) else opener(asker)
    app = ChatApp(lambda: Opening(open_asker, "sales", "gpt-oss-20b", **opening))
    async with app.run_test(size=size) as pilot:
        yield Chat(app, pilot)
