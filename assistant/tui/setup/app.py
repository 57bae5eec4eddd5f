"""The wizard: steps one after another, each of which leads back."""

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from assistant.errors import PersonMustAct
from assistant.locale import describe
from assistant.setup.choice import Choice, Services
from assistant.tui.setup.database import DatabaseStep
from assistant.tui.setup.language import LanguageStep
from assistant.tui.setup.model import ModelStep

STEPS = (LanguageStep, DatabaseStep, ModelStep)


class SetupApp(App[Choice]):
    """Returns the choice that was written, or None when the person went away."""

    CSS_PATH = "../chat.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False)]

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def on_mount(self) -> None:
        """Begin with the first question."""
        self.run_worker(self._walk(), "steps")

    async def _walk(self) -> None:
        choice, at, problem = Choice(""), 0, ""
        while 0 <= at < len(STEPS):
            step = STEPS[at](choice, self._services, f"{at + 1}/{len(STEPS)}")
            step.problem.write(problem)
            chosen = await self.push_screen_wait(step)
            problem, at = "", at - 1 if chosen is None else at + 1
            choice = chosen or choice
            if at == len(STEPS):
                try:
                    self._services.write(choice)
                except PersonMustAct as error:
                    problem, at = describe(error), at - 1
        self.exit(choice if at > 0 else None)
