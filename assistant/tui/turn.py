"""One question on the screen, and everything that its stream of events brings."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from assistant.asker import ChatAsker, failed_answer
from assistant.events import (
    Answer,
    Answered,
    ColdPrompt,
    Event,
    Progress,
    QueryResult,
    ReasoningDelta,
    Repair,
    RowsReady,
    SqlDelta,
    SqlReady,
    TextDelta,
    Usage,
)
from assistant.locale import t
from assistant.render import footer
from assistant.tui.choices import ChoiceList
from assistant.tui.folding import Folding
from assistant.tui.literal import Passage
from assistant.tui.progress_line import ProgressLine
from assistant.tui.result_view import ResultView
from assistant.tui.sql_view import SqlView
from assistant.tui.words import final_text

Source = Callable[[ChatAsker], AsyncGenerator[Event, None]]
"""What to have the asker do; a question is asked, a person's statement is run."""


class Turn(Vertical):
    """A question, its statement, its rows, its answer and what it cost, from top to bottom.

    `answer` is None until the question is over.
    """

    @dataclass
    class Over(Message):
        """The question came to its end."""

        turn: "Turn"
        answer: Answer

    def __init__(
        self, question: str, source: Source | None = None, title: str | None = None
    ) -> None:
        """Without a `source` the question itself is asked; it is the title as well."""
        super().__init__()
        self.question = question
        self.title = title or question
        self.answer: Answer | None = None
        self.result_view: ResultView | None = None
        self.sql = SqlView()
        self._source = source or (lambda asker: asker.ask(question))
        self._reasoning = Folding("tui.reasoning", Passage(), collapsed=True)
        self._rows = Vertical(classes="rows")
        self._text = Passage(classes="answer")
        self._choices = Vertical(classes="choices")
        self._notes = Passage(classes="notes")
        self._footer = Passage(classes="muted")
        self._asides = Vertical(classes="asides")
        self._progress = ProgressLine(t("tui.waiting"), classes="muted")

    def compose(self) -> ComposeResult:
        """The parts in reading order; each takes no room until it has something to show."""
        yield Passage(f"❯ {self.title}", classes="question")
        yield self._reasoning
        yield self.sql
        yield self._rows
        yield self._text
        yield self._choices
        yield self._notes
        yield self._footer
        yield self._progress
        yield self._asides

    async def follow(self, asker: ChatAsker) -> None:
        """Ask, and show every event until the last."""
        try:
            async with aclosing(self._source(asker)) as events:
                async for event in events:
                    await self._show(event)
        except Exception as error:  # noqa: BLE001 - one broken question may not end the chat
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """End with the reason in the person's language."""
        self.finish(failed_answer(error))

    def withdraw(self) -> None:
        """End as cancelled; events still on their way are not shown."""
        self.finish(Answer("cancelled", ""))

    async def show_answer(self, answer: Answer) -> None:
        """Show a whole answer at once."""
        if answer.sql:
            self.sql.write(answer.sql)
        await self._show_rows(answer.result)
        self.finish(answer)

    def finish(self, answer: Answer) -> None:
        """Show the words of the end; nothing comes after it."""
        self.answer = answer
        self.add_class(f"-{answer.status}")
        self._progress.write("")
        self._text.write(final_text(answer))
        if answer.choices:
            self._choices.mount(ChoiceList(answer))
        self.note(*answer.notes)
        if answer.usage.calls:
            self._footer.write(footer(answer.usage))
        self.sql.collapsed = answer.status == "answered"
        self.post_message(self.Over(self, answer))

    def retell(self) -> None:
        """Say what code says in the language of now."""
        if self.answer:
            self._text.write(final_text(self.answer))
            if self.answer.usage.calls:
                self._footer.write(footer(self.answer.usage))

    async def add_aside(self, aside: Widget) -> None:
        """Put what is said about this turn below it."""
        await self._asides.mount(aside)

    def note(self, *notes: str) -> None:
        """Add lines, each once."""
        lines = self._notes.text.splitlines()
        self._notes.write("\n".join(lines + [note for note in notes if note not in lines]))

    async def _show(self, event: Event) -> None:
        if self.answer is not None:
            return
        match event:
            case Progress():
                self._progress.report(event)
            case ReasoningDelta(text):
                self._progress.write(t("tui.thinking"))
                self._reasoning.append(text)
            case SqlDelta(text):
                self.sql.append(text)
            case SqlReady(sql, mends):
                self.sql.write(sql)
                self.note(*mends)
            case RowsReady(result):
                await self._show_rows(result)
            case TextDelta(text):
                self._text.append(text)
            case Repair(reason):
                await self._start_over(reason)
            case ColdPrompt(tokens, expected):
                self.note(t("ask.cold_prompt", tokens=tokens, expected=expected))
            case Usage():
                self._footer.write(footer(event))
            case Answered(answer):
                await self.show_answer(answer)

    async def _start_over(self, reason: str) -> None:
        self.note(t("tui.repair", reason=reason))
        self.sql.write("")
        await self._show_rows(None)

    async def _show_rows(self, result: QueryResult | None) -> None:
        shown = self.result_view.result if self.result_view else None
        if result == shown:
            return
        await self._rows.remove_children()
        self.result_view = None
        if result is not None:
            self.result_view = ResultView(result)
            await self._rows.mount(self.result_view)
