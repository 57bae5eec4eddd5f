"""Commands of the chat as a whole: cancel, quit, help, language, theme, effort."""

from typing import TYPE_CHECKING

from textual.binding import Binding

from assistant.locale import language, set_language
from assistant.tui.commands import Command
from assistant.tui.help_screen import HelpScreen, keys_of_the_moment

if TYPE_CHECKING:
    from assistant.asker import Effort
    from assistant.tui.app import ChatApp

EFFORTS: "tuple[Effort, ...]" = ("low", "medium", "high")


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


async def switch_effort(app: "ChatApp") -> None:
    """Low, medium, high and low again, from the next question on."""
    if app.asker and (effort := app.asker.surroundings.effort):
        await app.asker.set_effort(EFFORTS[(EFFORTS.index(effort) + 1) % len(EFFORTS)])
        app.status.show_surroundings(app.asker.surroundings)


def thinks(app: "ChatApp") -> bool:
    """Whether the model takes an effort."""
    return bool(app.asker and app.asker.surroundings.effort)


async def quit_chat(app: "ChatApp") -> None:
    """Leave."""
    await app.action_quit()


CHAT_COMMANDS = (
    Command("help", "f1", show_help),
    Command("cancel", "escape", cancel),
    Command("effort", "f9", switch_effort, thinks),
    Command("language", "", switch_language),
    Command("theme", "", lambda app: app.action_change_theme()),
    Command("palette", "ctrl+p", lambda app: app.action_command_palette()),
    Command("quit", "ctrl+q", quit_chat),
)
