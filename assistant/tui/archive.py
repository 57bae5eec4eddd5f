"""Old turns as plain lines: a thousand of them are one widget, which draws what is visible."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from assistant.events import Answer
from assistant.locale import t
from assistant.render import footer, printable, table_lines
from assistant.tui.words import final_text

SHOWN_ROWS = 10


Line = tuple[str, bool]
"""A line that fits the width, and whether it is of a question."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that is over, and how it ended."""

    question: str
    answer: Answer


class Archive(Widget):
    """Exchanges from top to bottom; a click on one asks for it as a live turn."""

    @dataclass
    class Reopened(Message):
        """An exchange is wanted again."""

        exchange: Exchange

    def __init__(self) -> None:
        super().__init__()
        self._exchanges: list[Exchange] = []
        self._lines: list[list[Line]] = []
        self._ends: list[int] = []
        self._wrapped_to = 0
        self.display = False

    def add(self, *exchanges: Exchange) -> None:
        """Put these below the others."""
        width = self._width()
        self._exchanges += exchanges
        self._lines += [_lines(exchange, width) for exchange in exchanges]
        self._measure()

    def clear(self) -> None:
        """Forget all."""
        self._exchanges.clear()
        self.retell()

    def retell(self) -> None:
        """Write all lines anew, for another width or language."""
        width = self._width()
        self._lines = [_lines(exchange, width) for exchange in self._exchanges]
        self._measure()

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self._exchanges and self.size.width != self._wrapped_to:
            self.retell()

    def on_click(self, event: Click) -> None:
        """Ask for the exchange under the pointer."""
        at = bisect_right(self._ends, event.y)
        if at < len(self._exchanges):
            self.post_message(self.Reopened(self._exchanges[at]))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """All lines."""
        return self._ends[-1] if self._ends else 0

    def render_line(self, y: int) -> Strip:
        """The line, found without looking at the others."""
        at = bisect_right(self._ends, y)
        style = self.rich_style
        if at >= len(self._lines):
            return Strip.blank(self.size.width, style)
        above = self._ends[at - 1] if at else 0
        text, asked = self._lines[at][y - above]
        segment = Segment(text, style + Style(bold=True) if asked else style)
        return Strip([segment]).adjust_cell_length(self.size.width, style)

    def _width(self) -> int:
        self._wrapped_to = self.size.width or self.app.size.width - 4
        return self._wrapped_to

    def _measure(self) -> None:
        self._ends = list(accumulate(map(len, self._lines)))
        self.display = bool(self._lines)
        self.refresh(layout=True)


def _lines(exchange: Exchange, width: int) -> list[Line]:
    answer = exchange.answer
    lines = [("", False), *((line, True) for line in _wrapped(f"❯ {exchange.question}", width))]
    if answer.result:
        lines += [(line, False) for line in table_lines(answer.result, SHOWN_ROWS)]
        if (hidden := answer.result.row_count - SHOWN_ROWS) > 0:
            lines.append((t("tui.more_rows", count=f"{hidden:,}"), False))
    cost = footer(answer.usage) if answer.usage.calls else ""
    words = filter(None, (final_text(answer), *answer.notes, cost))
    return lines + [(line, False) for text in words for line in _wrapped(text, width)]


def _wrapped(text: str, width: int) -> list[str]:
    return [line.plain for line in Content(printable(text)).wrap(width)]
