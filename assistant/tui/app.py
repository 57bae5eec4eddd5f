"""The chat: puts the parts together and nothing more. What can be done stands in `registry`."""

import asyncio
import signal
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList

from assistant.asker import ChatAsker, failed_answer
from assistant.choosing import resolve
from assistant.completion import Names
from assistant.locale import t
from assistant.tui import clipboard
from assistant.tui.choices import ChoiceList, placeholder
from assistant.tui.completed_line import CompletedLine
from assistant.tui.conversation import Conversation
from assistant.tui.keeping import Keeping
from assistant.tui.opening import Opening, Prepare
from assistant.tui.preferences import Preferences
from assistant.tui.question_line import QuestionLine
from assistant.tui.queue import QuestionQueue
from assistant.tui.registry import COMMANDS, keymap
from assistant.tui.result_table import ResultTable
from assistant.tui.retelling import retell
from assistant.tui.status_line import StatusLine
from assistant.tui.turn import Turn
from assistant.tui.value_screen import ValueScreen


class ChatApp(App[None]):
    """A conversation, a line to type in, and a status line.

    `opening` is None until settings are read, `asker` until the model answers; `failure` is why
    the chat cannot go on at all.
    """

    ENABLE_COMMAND_PALETTE = False  # it has a key of its own in `[keys]`
    CSS_PATH = Path(__file__).with_name("chat.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding() for command in COMMANDS if command.key
    ]

    def __init__(self, prepare: Prepare) -> None:
        super().__init__()
        self.opening: Opening | None = None
        self.asker: ChatAsker | None = None
        self.failure: Exception | None = None
        self.preferences = Preferences()
        self.conversation = Conversation()
        self.line = QuestionLine()
        self.completed = CompletedLine(self.line)
        self.status = StatusLine()
        self.questions = QuestionQueue(self.status.show_state, self._show_failure, self._show_asker)
        self.keeping = Keeping(self)
        self._prepare = prepare
        self._painted = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.conversation
        yield self.completed
        yield self.status

    def on_mount(self) -> None:
        """Let the person type; what takes long begins after the first paint."""
        self.theme = self.preferences.theme(self.available_themes) or self.theme
        self.theme_changed_signal.subscribe(self, self.preferences.keep_theme)
        self.line.focus()
        # Where signals can be caught, a chat that is told to end leaves the terminal as it was.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def post_display_hook(self) -> None:
        """Begin to open once the line to type in is on the screen."""
        if not self._painted and self.line.size.height:
            self._painted = True
            self.run_worker(self._opened(), group="opening", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self.questions.close()

    def ask(self, question: str) -> None:
        """Queue a question."""
        self.line.placeholder = placeholder(None)
        turn = self.conversation.add_turn(question)
        self.keeping.asked(turn)
        self.questions.put(turn)

    def retell(self) -> None:
        """Say everything on the screen in the language of now."""
        retell(self.screen)
        self.line.placeholder = placeholder(self.conversation.standing_answer)
        if self.opening:
            self.conversation.welcome(self.opening.database)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A command that has nothing to act on has no key either."""
        if action != "command":
            return True
        return any(c.name in parameters and c.possible(self) for c in COMMANDS)

    async def action_command(self, name: str) -> None:
        """Do what the command of that name does."""
        for command in COMMANDS:
            if command.name == name and (doing := command.run(self)):
                await doing

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """For the palette: what is possible now."""
        for command in COMMANDS:
            if command.possible(self):
                run = partial(self.run_action, f"command('{command.name}')")
                yield SystemCommand(command.title, command.key, run)

    def on_question_line_submitted(self, submitted: QuestionLine.Submitted) -> None:
        """Queue the question, or the choice, that was typed."""
        if question := resolve(submitted.value, self.conversation.standing_answer):
            self.line.clear()
            self.ask(question)

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Queue the choice that was taken from its list."""
        if isinstance(selected.option_list, ChoiceList):
            self.line.focus()
            self.ask(selected.option_list.choices[selected.option_index])

    def on_turn_over(self, over: Turn.Over) -> None:
        """Keep the answer, and invite to what may be typed next."""
        self.keeping.over(over.turn, over.answer)
        self.line.placeholder = placeholder(self.conversation.standing_answer)
        if over.answer.usage.calls:
            self.status.show_usage(over.answer.usage)

    def on_result_table_copied(self, copied: ResultTable.Copied) -> None:
        """Hand the text to the clipboard, and say so."""
        clipboard.copy(self, copied.text)

    def on_result_table_value_wanted(self, wanted: ResultTable.ValueWanted) -> None:
        """Show all of a value."""
        self.push_screen(ValueScreen(wanted.column, wanted.value))

    def action_help_quit(self) -> None:
        """Ctrl+C, when no text is selected that it could copy."""
        self.exit()

    async def _opened(self) -> None:
        try:
            self.opening = opening = await asyncio.to_thread(self._prepare)
            self.set_keymap(keymap(opening.keys))
        except Exception as error:  # noqa: BLE001 - whoever runs the chat tells it, after the screen
            self.failure = error
            self.exit()
            return
        self.status.show_names(opening.database, opening.model)
        self.retell()
        await self.keeping.begin(opening.resumed)
        self.questions.start(opening.open_asker)

    def _show_asker(self, asker: ChatAsker | None) -> None:
        self.asker = asker
        if asker:
            self.status.show_surroundings(asker.surroundings)
            self.completed.know(Names(asker.surroundings.schema), asker.values)

    def _show_failure(self, error: Exception) -> None:
        self.conversation.add_notice(t("tui.failed", error=failed_answer(error).text))
