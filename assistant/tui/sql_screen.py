"""A statement to be edited and run again; what is wrong with it is said below it."""

from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from assistant.asker import ChatAsker, failed_answer
from assistant.events import Answer, Answered, Progress
from assistant.locale import t
from assistant.schema import Schema
from assistant.tui.literal import Passage
from assistant.tui.progress_line import ProgressLine
from assistant.tui.queue import QuestionQueue
from assistant.tui.sql_completion import Completions, complete


class SqlScreen(ModalScreen[Answer | None]):
    """Gives the answer of the statement that ran, or None when the person closed it.

    It waits in the queue like a question: one statement runs at a time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "run", id="sql_run", show=False, priority=True),
        Binding("tab", "complete", id="sql_complete", show=False, priority=True),
        Binding("escape", "leave", show=False, priority=True),
    ]

    def __init__(self, sql: str, questions: QuestionQueue, schema: Schema | None) -> None:
        super().__init__()
        self._questions, self._schema = questions, schema
        self._editor = TextArea(sql, show_line_numbers=True, tab_behavior="focus")
        self._names = Passage(classes="muted")
        self._error = Passage(classes="error")
        self._progress = ProgressLine()
        self._completions = Completions(0, ())
        self._taken: tuple[str, Completions, int] | None = None
        self._runs: _Run | None = None

    def compose(self) -> ComposeResult:
        """The statement, what may come next, what is wrong, the keys."""
        with Vertical(classes="window"):
            yield Passage(t("tui.sql_heading"), classes="heading")
            yield self._editor
            yield self._names
            yield self._error
            yield self._progress
            yield Passage(t("tui.sql_keys"), classes="muted")

    def on_mount(self) -> None:
        """Begin at the end."""
        self._editor.focus()
        self._editor.move_cursor(self._editor.document.end)

    def on_text_area_changed(self) -> None:
        """Offer names for what is being typed."""
        if self._taken and self._editor.text == self._taken[0]:
            return
        self._taken = None
        if self._schema:
            before = self._editor.get_text_range((0, 0), self._editor.cursor_location)
            self._completions = complete(self._editor.text, len(before), self._schema)
        names = self._completions.names
        self._names.write(f"Tab: {' · '.join(names)}" if names else "")

    def action_complete(self) -> None:
        """Take the first name; once more, the next one instead."""
        if self._taken:
            _, completions, number = self._taken
            typed, number = len(completions.names[number]), (number + 1) % len(completions.names)
        else:
            completions, number, typed = self._completions, 0, self._completions.typed
        if completions.names:
            self._insert(completions.names[number], typed)
            self._taken = self._editor.text, completions, number

    def action_run(self) -> None:
        """Run what stands there; the screen closes when it has rows."""
        if self._runs is None and self._editor.text.strip():
            self._error.write("")
            self._progress.write(t("tui.waiting"))
            self._runs = _Run(self, self._editor.text)
            self._questions.put(self._runs)

    def action_leave(self) -> None:
        """Cancel the running statement, else close."""
        if self._runs is None or not self._questions.cancel():
            self.dismiss(None)

    def report(self, progress: Progress) -> None:
        """Say what is going on."""
        self._progress.report(progress)

    def conclude(self, answer: Answer) -> None:
        """Hand the rows over, or say what is wrong and where the person can go on."""
        self._runs = None
        self._progress.write("")
        if answer.status == "answered":
            self.dismiss(answer)
        else:
            self._error.write(answer.text or t("tui.cancelled"))

    def _insert(self, name: str, typed: int) -> None:
        row, column = self._editor.cursor_location
        self._editor.replace(name, (row, column - typed), (row, column))
        self._editor.move_cursor((row, column - typed + len(name)))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the statement, as the queue holds it."""

    screen: SqlScreen
    sql: str

    async def follow(self, asker: ChatAsker) -> None:
        try:
            async with aclosing(asker.run_sql(self.sql)) as events:
                async for event in events:
                    match event:
                        case Progress():
                            self.screen.report(event)
                        case Answered(answer):
                            self.screen.conclude(answer)
        except Exception as error:  # noqa: BLE001 - a broken statement may not end the chat
            self.fail(error)

    def fail(self, error: Exception) -> None:
        self.screen.conclude(failed_answer(error))

    def withdraw(self) -> None:
        self.screen.conclude(Answer("cancelled", ""))
