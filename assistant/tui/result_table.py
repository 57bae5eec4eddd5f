"""Rows of a result on the screen."""

from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable

from assistant.events import Cell, Column, QueryResult
from assistant.locale import t
from assistant.render import cell_text, is_numeric, printable
from assistant.tui.literal import Passage

SHOWN_ROWS = 1_000
"""More rows than this take the screen longer than a person waits."""
CELL_WIDTH = 60
"""Terminal cells of one value at most; Japanese characters take two."""


def table_cell(cell: Cell, column: Column) -> Text:
    """The value on one line: numbers to the right, NULL set apart from a text of that name."""
    text = cell_text(cell, column)
    style = "dim italic" if cell is None else ""
    return Text(_cut(text), style=style, justify=_side(column), no_wrap=True)


def heading(column: Column) -> Text:
    """The column's label, above its values."""
    return Text(_cut(printable(column.name)), justify=_side(column), no_wrap=True)


class ResultTable(Vertical):
    """A result: at most a thousand rows, and a line that says how many there are."""

    def __init__(self, result: QueryResult) -> None:
        super().__init__()
        self.result = result

    def compose(self) -> ComposeResult:
        """The grid, and what it leaves out."""
        yield self._grid()
        yield Passage(self._extent(), classes="muted")

    def _grid(self) -> DataTable[Text]:
        grid: DataTable[Text] = DataTable(zebra_stripes=True, cursor_type="row")
        columns = self.result.columns
        for column in columns:
            grid.add_column(heading(column))
        for row in self.result.rows[:SHOWN_ROWS]:
            grid.add_row(*map(table_cell, row, columns))
        return grid

    def _extent(self) -> str:
        total = self.result.row_count
        lines = [t("tui.rows_shown", shown=f"{min(total, SHOWN_ROWS):,}", total=f"{total:,}")]
        if self.result.truncated:
            lines.append(t("tui.rows_cut"))
        return " · ".join(lines)


def _cut(text: str) -> str:
    return text if cell_len(text) <= CELL_WIDTH else set_cell_size(text, CELL_WIDTH - 1) + "…"


def _side(column: Column) -> Literal["left", "right"]:
    return "right" if is_numeric(column) else "left"
