"""One value in full."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from assistant.events import Cell, Column
from assistant.locale import t
from assistant.render import NULL
from assistant.tui.literal import Passage


class ValueScreen(ModalScreen[None]):
    """All lines of a value that a table shows on one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", show=False),
        Binding("c", "copy", id="table_copy_cell", show=False),
    ]

    def __init__(self, column: Column, value: Cell) -> None:
        super().__init__()
        self._column, self._value = column, value

    def compose(self) -> ComposeResult:
        """The column, the value, the keys."""
        text = NULL if self._value is None else str(self._value)
        with VerticalScroll(classes="window"):
            yield Passage(f"{self._column.name} ({self._column.type})", classes="heading")
            yield Passage(text or t("tui.empty_text"), classes="value")
            yield Passage(t("tui.value_keys"), classes="muted")

    def action_copy(self) -> None:
        """The value as the database gave it."""
        self.app.copy_to_clipboard("" if self._value is None else str(self._value))
        self.notify(t("tui.copied"), markup=False)
