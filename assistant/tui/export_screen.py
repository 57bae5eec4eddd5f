"""Asks for the name of a file and writes it; what cannot be written is told in place."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from assistant.errors import ExportNotWritable, UnknownFormat
from assistant.locale import describe, t
from assistant.tui.literal import Passage


class ExportScreen(ModalScreen[Path | None]):
    """Ends with the file that was written, or None. `write` decides by the suffix."""

    DEFAULT_CSS = """
    ExportScreen { align: center middle; }
    ExportScreen > Vertical {
        width: 80%; max-width: 90; height: auto; padding: 0 1;
        border: round $primary; background: $surface;
    }
    ExportScreen .problem { color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, title: str, proposal: str, write: Callable[[Path], None]) -> None:
        super().__init__()
        self._title, self._proposal, self._write = title, proposal, write
        self._line = Input(select_on_focus=False)
        self._problem = Passage(classes="problem")

    def compose(self) -> ComposeResult:
        """The name, and what to do with it."""
        with Vertical() as frame:
            frame.border_title = self._title
            yield self._line
            yield self._problem
            yield Passage(t("sessions.export_keys"), classes="muted")

    def on_mount(self) -> None:
        """The caret behind the proposal."""
        self._line.value = self._proposal
        self._line.action_end()
        self._line.focus()

    def on_input_submitted(self) -> None:
        """Write, or say why not."""
        path = Path(self._line.value.strip()).expanduser()
        try:
            self._write(path)
        except (ExportNotWritable, UnknownFormat) as error:
            self._problem.write(describe(error))
        else:
            self.dismiss(path)

    def action_leave(self) -> None:
        """Write nothing."""
        self.dismiss(None)
