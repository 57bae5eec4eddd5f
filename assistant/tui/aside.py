"""What is said about a turn after it is over: its statement in words, a second look at it."""

from contextlib import aclosing

from textual.app import ComposeResult
from textual.containers import Vertical

from assistant.asker import ChatAsker, failed_answer
from assistant.events import Answer, Answered, Event, Progress, ReasoningDelta, SqlDelta, TextDelta
from assistant.locale import t
from assistant.render import footer
from assistant.tui.literal import Passage
from assistant.tui.progress_line import ProgressLine
from assistant.tui.sql_view import SqlView
from assistant.tui.turn import Source
from assistant.tui.words import final_text


class Aside(Vertical):
    """A heading and words that stream in; it waits in the queue like a question."""

    def __init__(self, heading: str, source: Source, *, shows_sql: bool = False) -> None:
        """`heading`: a key of the sentences. `shows_sql`: the words are about another statement."""
        super().__init__()
        self._heading_key, self._source, self._shows_sql = heading, source, shows_sql
        self._over = False
        self._heading = Passage(t(heading), classes="aside-heading")
        self._sql = SqlView()
        self._words = Passage()
        self._notes = Passage(classes="notes")
        self._footer = Passage(classes="muted")
        self._progress = ProgressLine(t("tui.waiting"), classes="muted")

    def compose(self) -> ComposeResult:
        """The parts in reading order."""
        yield from (self._heading, self._sql, self._words, self._notes)
        yield from (self._footer, self._progress)

    async def follow(self, asker: ChatAsker) -> None:
        """Show every event until the last."""
        try:
            async with aclosing(self._source(asker)) as events:
                async for event in events:
                    self._show(event)
        except Exception as error:  # noqa: BLE001 - a broken aside may not end the chat
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """End with the reason."""
        self._finish(failed_answer(error))

    def withdraw(self) -> None:
        """End as cancelled."""
        self._finish(Answer("cancelled", ""))

    def retell(self) -> None:
        """Say the heading in the language of now."""
        self._heading.write(t(self._heading_key))

    def _show(self, event: Event) -> None:
        if self._over:
            return
        match event:
            case Progress():
                self._progress.report(event)
            case ReasoningDelta():
                self._progress.write(t("tui.thinking"))
            case SqlDelta(text) if self._shows_sql:
                self._sql.append(text)
            case TextDelta(text):
                self._words.append(text)
            case Answered(answer):
                self._finish(answer)

    def _finish(self, answer: Answer) -> None:
        self._over = True
        self._progress.write("")
        if self._shows_sql:
            self._sql.write(answer.sql or "")
            self._sql.collapsed = True
        self._words.write(final_text(answer))
        self._notes.write("\n".join(answer.notes))
        if answer.usage.calls:
            self._footer.write(footer(answer.usage))
