"""One question of the wizard: a title, something to choose or type, the way back."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from assistant.locale import t
from assistant.render import printable
from assistant.setup.choice import Choice, Services
from assistant.tui.literal import Passage


class Step(Screen[Choice | None]):
    """Ends with the choice so far, or None for one step back.

    `state` tells what is going on or was found, `problem` what did not work.
    """

    DEFAULT_CSS = """
    Step { align: center middle; }
    Step > Vertical {
        width: 90%; max-width: 100; height: auto; max-height: 100%; padding: 1 2;
        border: round $primary;
    }
    Step OptionList { height: auto; max-height: 12; margin-top: 1; }
    Step OptionList, Step OptionList:focus { border: none; }
    Step Input { margin-top: 1; }
    Step .state, Step .problem { margin-top: 1; }
    Step .problem { color: $text-error; }
    Step .ways { height: auto; margin-top: 1; }
    Step .ways Passage { width: 1fr; margin-left: 2; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]
    NAME: ClassVar[str]
    """The key of its sentences: setup.<name>_title and setup.<name>_text."""

    def __init__(self, choice: Choice, services: Services, number: str) -> None:
        super().__init__()
        self.choice, self.services = choice, services
        self._number = number
        self.state = Passage(classes="state")
        self.problem = Passage(classes="problem")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        with Vertical() as frame:
            frame.border_title = f"kotae {self._number}"
            yield Passage(t(f"setup.{self.NAME}_title"), classes="question")
            yield Passage(t(f"setup.{self.NAME}_text"), classes="muted")
            yield from self.body()
            yield self.state
            yield self.problem
            with Horizontal(classes="ways"):
                yield Button(t("setup.back"), id="back", compact=True)
                yield Passage(t("setup.keys"))

    def body(self) -> Iterable[Widget]:
        """What there is to choose or to type."""
        return ()

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """Back."""
        if pressed.button.id == "back":
            self.action_back()

    def action_back(self) -> None:
        """To the step before."""
        self.dismiss(None)


def options(*lines: tuple[str, str], chosen: int = 0) -> OptionList:
    """A list to choose from: what, and a remark beside it."""
    listed = OptionList(*(option(*line) for line in lines))
    listed.highlighted = chosen
    return listed


def option(what: str, remark: str) -> Option:
    """One line of a list."""
    more = (f"\n  {printable(remark)}", "dim") if remark else ""
    return Option(Content.assemble(Content(printable(what)), more))
