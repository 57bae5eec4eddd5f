"""Commands of the chat as a whole: cancel, quit, help, language, theme, effort."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.command import CommandPalette

from assistant.asker import ChatAsker, failed_answer
from assistant.errors import AssistantError
from assistant.locale import language, set_language, t
from assistant.tui.commands import Command
from assistant.tui.help_screen import HelpScreen, keys_of_the_moment

if TYPE_CHECKING:
    from assistant.asker import Effort
    from assistant.tui.app import ChatApp

EFFORTS: "tuple[Effort, ...]" = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class EffortChange:
    """Waits in the queue like a question, so that none is answered with two efforts."""

    app: "ChatApp"

    async def follow(self, asker: ChatAsker) -> None:
        """Make the asker's effort the one that the status line shows by now."""
        wish = self.app.status.effort
        if wish is None or wish == asker.surroundings.effort:
            return
        try:
            await asker.set_effort(wish)
        except AssistantError as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Say why it could not be; the next question says it, too."""
        self.app.notify(failed_answer(error).text, severity="error", markup=False)

    def withdraw(self) -> None:
        """The effort is set with the next change."""


def cancel(app: "ChatApp") -> None:
    """Stop what runs; when nothing does, return to the question."""
    if not app.questions.cancel():
        app.line.focus()


def show_help(app: "ChatApp") -> None:
    """The keys that work where the person is."""
    order = [binding.id for binding in app.BINDINGS if isinstance(binding, Binding) and binding.id]
    app.push_screen(HelpScreen(keys_of_the_moment(app.screen, order)))


def switch_language(app: "ChatApp") -> None:
    """English or Japanese, on the screen and in what follows."""
    set_language("en" if language() == "ja" else "ja")
    app.retell()


def switch_effort(app: "ChatApp") -> None:
    """Low, medium, high and low again, from the next question on."""
    if app.asker and (now := app.status.effort):
        wish = EFFORTS[(EFFORTS.index(now) + 1) % len(EFFORTS)]
        app.status.show_surroundings(replace(app.asker.surroundings, effort=wish))
        app.notify(t(f"tui.effort_{wish}"), markup=False)
        app.questions.put(EffortChange(app))


def thinks(app: "ChatApp") -> bool:
    """Whether the model takes an effort."""
    return bool(app.asker and app.asker.surroundings.effort)


async def show_palette(app: "ChatApp") -> None:
    """All commands that are possible now, found by typing."""
    await app.push_screen(CommandPalette(placeholder=t("tui.palette")))


async def quit_chat(app: "ChatApp") -> None:
    """Leave."""
    await app.action_quit()


CHAT_COMMANDS = (
    Command("help", "f1", show_help),
    Command("cancel", "escape", cancel),
    Command("effort", "f9", switch_effort, thinks),
    Command("language", "", switch_language),
    Command("theme", "", lambda app: app.action_change_theme()),
    Command("palette", "ctrl+p", show_palette),
    Command("quit", "ctrl+q", quit_chat),
)
