"""One question on the screen, and everything that its stream of events brings."""

from contextlib import aclosing
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from assistant.asker import Asker, failed_answer
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
from assistant.tui.choices import choice_lines
from assistant.tui.literal import Passage
from assistant.tui.progress_line import ProgressLine
from assistant.tui.result_table import ResultTable
from assistant.tui.sql_view import SqlView


class Turn(Vertical):
    """A question, its statement, its rows, its answer and what it cost, from top to bottom.

    `answer` is None until the question is over.
    """

    @dataclass
    class Over(Message):
        """The question came to its end."""

        answer: Answer

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question
        self.answer: Answer | None = None
        self._result: QueryResult | None = None
        self._sql = SqlView()
        self._rows = Vertical(classes="rows")
        self._text = Passage(classes="answer")
        self._choices = Passage(classes="choices")
        self._notes = Passage(classes="notes")
        self._footer = Passage(classes="muted")
        self._progress = ProgressLine(t("tui.waiting"), classes="muted")

    def compose(self) -> ComposeResult:
        """The parts in reading order; each takes no room until it has something to show."""
        yield Passage(f"❯ {self.question}", classes="question")
        yield self._sql
        yield self._rows
        yield self._text
        yield self._choices
        yield self._notes
        yield self._footer
        yield self._progress

    async def follow(self, asker: Asker) -> None:
        """Ask, and show every event until the last."""
        try:
            async with aclosing(asker.ask(self.question)) as events:
                async for event in events:
                    await self._show(event)
        except Exception as error:  # noqa: BLE001 - one broken question may not end the chat
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """End with the reason in the person's language."""
        self._finish(failed_answer(error))

    def withdraw(self) -> None:
        """End as cancelled; events still on their way are not shown."""
        self._finish(Answer("cancelled", ""))

    async def _show(self, event: Event) -> None:
        if self.answer is not None:
            return
        match event:
            case Progress():
                self._progress.report(event)
            case ReasoningDelta():
                self._progress.write(t("tui.thinking"))
            case SqlDelta(text):
                self._sql.append(text)
            case SqlReady(sql, mends):
                self._sql.write(sql)
                self._note(*mends)
            case RowsReady(result):
                await self._show_rows(result)
            case TextDelta(text):
                self._text.append(text)
            case Repair(reason):
                await self._start_over(reason)
            case ColdPrompt(tokens, expected):
                self._note(t("ask.cold_prompt", tokens=tokens, expected=expected))
            case Usage():
                self._footer.write(footer(event))
            case Answered(answer):
                await self._conclude(answer)

    async def _start_over(self, reason: str) -> None:
        self._note(t("tui.repair", reason=reason))
        self._sql.write("")
        await self._show_rows(None)

    def _note(self, *notes: str) -> None:
        lines = self._notes.text.splitlines()
        self._notes.write("\n".join(lines + [note for note in notes if note not in lines]))

    async def _show_rows(self, result: QueryResult | None) -> None:
        if result == self._result:
            return
        self._result = result
        await self._rows.remove_children()
        if result is not None:
            await self._rows.mount(ResultTable(result))

    async def _conclude(self, answer: Answer) -> None:
        if answer.sql:
            self._sql.write(answer.sql)
        await self._show_rows(answer.result)
        self._finish(answer)

    def _finish(self, answer: Answer) -> None:
        self.answer = answer
        self.add_class(f"-{answer.status}")
        self._progress.write("")
        self._text.write(_final_text(answer))
        self._choices.write(choice_lines(answer))
        self._note(*answer.notes)
        if answer.usage.calls:
            self._footer.write(footer(answer.usage))
        if answer.status == "answered":
            self._sql.fold()
        self.post_message(self.Over(answer))


def _final_text(answer: Answer) -> str:
    match answer.status:
        case "refused":
            return t("tui.refused", reason=answer.text)
        case "failed":
            return t("tui.failed", error=answer.text)
        case "cancelled":
            return t("tui.cancelled")
        case "answered" | "ask":
            return answer.text
