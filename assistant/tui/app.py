"""The chat: puts the parts together and nothing more."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from assistant.asker import OpenAsker, failed_answer
from assistant.events import Progress
from assistant.locale import t
from assistant.tui.choices import placeholder, resolve
from assistant.tui.conversation import Conversation
from assistant.tui.queue import QuestionQueue
from assistant.tui.status_line import StatusLine


class ChatApp(App[None]):
    """A conversation, a line to type in, and a status line."""

    CSS_PATH = "chat.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel_question", id="cancel", show=False),
    ]

    def __init__(self, open_asker: OpenAsker, database: str, model: str) -> None:
        super().__init__()
        self._conversation = Conversation(t("tui.welcome", database=database))
        self._input = Input(placeholder=placeholder(None))
        self._status = StatusLine(database, model)
        self._questions = QuestionQueue(open_asker, self._status.show_state, self._show_failure)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._conversation
        yield self._input
        yield self._status

    def on_mount(self) -> None:
        """Open the asker while the person already types."""
        self._status.show_state(Progress("starting"))
        self._input.focus()
        self._questions.start()

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._questions.close()

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Queue the question, or the choice, that was typed."""
        question = resolve(submitted.value, self._conversation.standing_answer)
        if question:
            self._input.clear()
            self._input.placeholder = placeholder(None)
            self._questions.put(self._conversation.add_turn(question))

    def on_turn_over(self) -> None:
        """Invite to what may be typed next."""
        self._input.placeholder = placeholder(self._conversation.standing_answer)

    def action_cancel_question(self) -> None:
        """Stop the running question."""
        self._questions.cancel()

    def action_help_quit(self) -> None:
        """Ctrl+C, when no text is selected that it could copy."""
        self.exit()

    def _show_failure(self, error: Exception) -> None:
        self._conversation.add_notice(t("tui.failed", error=failed_answer(error).text))
