"""A screen of the chat by itself, in an app that does nothing but hold it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

Result = TypeVar("Result")


class Shown(App[None], Generic[Result]):
    """Holds the screen; `ended` has what it ended with."""

    def __init__(self, shown: Screen[Result]) -> None:
        super().__init__()
        self._shown = shown
        self.ended: list[Result | None] = []

    def on_mount(self) -> None:
        self.push_screen(self._shown, self.ended.append)

    @property
    def text(self) -> str:
        """The screen's lines as a person sees them."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)


@asynccontextmanager
async def showing(
    screen: Screen[Result], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Shown[Result], Pilot[None]]]:
    """The screen in a terminal of this size."""
    app = Shown(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot
