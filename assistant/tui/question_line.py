"""The line in which questions are typed."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from assistant.tui.choices import placeholder


class QuestionLine(Input):
    """Enter asks; up and down go through what was asked before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "earlier(1)", id="line_earlier", show=False),
        Binding("down", "earlier(-1)", id="line_later", show=False),
    ]

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        super().__init__(placeholder=placeholder(None))
        self._asked: list[str] = []
        self._back = 0

    async def action_submit(self) -> None:
        """Hand the line over."""
        if self.value.strip():
            self._asked.append(self.value)
        self._back = 0
        self.post_message(self.Submitted(self.value))

    def action_earlier(self, steps: int) -> None:
        """A question that was asked before, or the empty line after the last."""
        self._back = max(0, min(self._back + steps, len(self._asked)))
        self.value = self._asked[-self._back] if self._back else ""
        self.cursor_position = len(self.value)
