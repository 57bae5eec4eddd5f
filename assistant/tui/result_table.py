"""Rows of a result on the screen; only the lines in sight are drawn, however many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from assistant.events import Cell, Column, QueryResult
from assistant.render import cell_text, is_numeric, printable

CELL_WIDTH = 60
"""Terminal cells of one text at most; Japanese characters take two. Numbers are never cut."""
MEASURED_ROWS = 1_000
"""Rows whose texts decide how wide a column is; numbers are measured in all."""
MOST_LINES = 16
_GAP = 2


@dataclass(frozen=True, slots=True)
class Order:
    """By which column the rows stand, and whether the greatest comes first."""

    column: int
    descending: bool = False


class ResultTable(ScrollView, can_focus=True):
    """A grid with a cursor on one cell. The rows stay as they came; `order` only shows them so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,ctrl+home", "first", show=False),
        Binding("end,ctrl+end", "last", show=False),
        Binding("s", "sort", id="table_sort", show=False),
        Binding("c", "copy_cell", id="table_copy_cell", show=False),
        Binding("y", "copy_row", id="table_copy_row", show=False),
        Binding("enter", "show_value", id="table_value", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head", "table--odd", "table--null", "table--cursor", "table--row",
    }  # fmt: skip

    @dataclass
    class Copied(Message):
        """Text for the clipboard."""

        text: str

    @dataclass
    class ValueWanted(Message):
        """A value to be shown in full."""

        column: Column
        value: Cell

    def __init__(self, result: QueryResult) -> None:
        super().__init__()
        self.result = result
        self.order: Order | None = None
        self.row = self.column = 0
        self._shown = list(range(len(result.rows)))
        self._widths = [width_of(result, at) for at in range(len(result.columns))]
        self._ends = list(accumulate(width + _GAP for width in self._widths))
        self._draw = lru_cache(maxsize=256)(self._drawn_row)

    @property
    def value(self) -> Cell:
        """What the cursor is on; None as well where there are no rows."""
        return self.result.rows[self._shown[self.row]][self.column] if self._shown else None

    def on_mount(self) -> None:
        """Say how large all of it is."""
        width = self._ends[-1] if self._ends else 0
        self.virtual_size = Size(width, len(self._shown) + 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are rows, up to a screenful."""
        bar = 1 if self._ends and self._ends[-1] > width else 0
        return min(len(self._shown) + 1, MOST_LINES) + bar

    def render_line(self, y: int) -> Strip:
        """The heading stays in place, the rows move below it."""
        left, top = self.scroll_offset
        at = top + y - 1
        if y == 0:
            strip = self._drawn_heading(self.order)
        elif at < len(self._shown):
            cursor = self.column if self.has_focus and at == self.row else -1
            strip = self._draw(at, cursor)
        else:
            return Strip.blank(self.size.width, self.rich_style)
        return strip.crop_extend(left, left + self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._draw.cache_clear()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """The heading sorts; a cell takes the cursor, and shows its value on a second click."""
        x = event.x + round(self.scroll_x)
        column = next((at for at, end in enumerate(self._ends) if x < end), None)
        if column is None:
            return
        self.column = column
        at = round(self.scroll_y) + event.y - 1
        if event.y == 0:
            self.action_sort()
        elif at < len(self._shown):
            self._go(at, column)
            if event.chain == 2:
                self.action_show_value()

    def action_move(self, down: int, right: int) -> None:
        """To a neighbouring cell."""
        self._go(self.row + down, self.column + right)

    def action_page(self, pages: int) -> None:
        """A screenful further."""
        self._go(self.row + pages * max(1, self.size.height - 1), self.column)

    def action_first(self) -> None:
        """To the first row."""
        self._go(0, self.column)

    def action_last(self) -> None:
        """To the last row."""
        self._go(len(self._shown) - 1, self.column)

    def action_sort(self) -> None:
        """By the cursor's column: the least first, the greatest first, as they came."""
        match self.order:
            case Order(column, False) if column == self.column:
                self.order = Order(column, descending=True)
            case Order(column, True) if column == self.column:
                self.order = None
            case _:
                self.order = Order(self.column)
        self._shown = sorted_rows(self.result, self.order)
        self._draw.cache_clear()
        self._go(0, self.column)

    def action_copy_cell(self) -> None:
        """The value as the database gave it."""
        self.post_message(self.Copied(raw_text(self.value)))

    def action_copy_row(self) -> None:
        """The values of the row between tabs, as spreadsheets take them."""
        if self._shown:
            row = self.result.rows[self._shown[self.row]]
            self.post_message(self.Copied("\t".join(map(raw_text, row))))

    def action_show_value(self) -> None:
        """All of a value that may be cut here."""
        if self._shown:
            self.post_message(self.ValueWanted(self.result.columns[self.column], self.value))

    def _go(self, row: int, column: int) -> None:
        self.row = max(0, min(row, len(self._shown) - 1))
        self.column = max(0, min(column, len(self._widths) - 1))
        left = self._ends[self.column] - self._widths[self.column] - _GAP
        # One line more above, for the heading covers it.
        cell = Region(left, self.row, self._widths[self.column] + _GAP, 2)
        self.scroll_to_region(cell, animate=False, force=True)
        self.refresh()

    def _drawn_heading(self, order: Order | None) -> Strip:
        style = self.get_component_rich_style("table--head")
        columns = zip(self.result.columns, self._widths, strict=True)
        segments = [
            Segment(_fitted(heading(column, at, order), width, column) + " " * _GAP, style)
            for at, (column, width) in enumerate(columns)
        ]
        return Strip(segments)

    def _drawn_row(self, at: int, cursor: int) -> Strip:
        plain = self.get_component_rich_style("table--odd") if at % 2 else self.rich_style
        row = self.result.rows[self._shown[at]]
        segments = []
        for index, column in enumerate(self.result.columns):
            style = self._style_of(row[index], plain, index == cursor)
            text = _fitted(cell_text(row[index], column), self._widths[index], column)
            segments += [Segment(text, style), Segment(" " * _GAP, plain)]
        return Strip(segments)

    def _style_of(self, cell: Cell, plain: Style, at_cursor: bool) -> Style:
        if at_cursor:
            return plain + Style(reverse=True)
        return plain + Style(dim=True, italic=True) if cell is None else plain


def heading(column: Column, at: int, order: Order | None) -> str:
    """The column's label, with an arrow where the rows stand by it."""
    arrow = "" if order is None or order.column != at else " ▼" if order.descending else " ▲"
    return printable(column.name) + arrow


def width_of(result: QueryResult, at: int) -> int:
    """Terminal cells that the column takes; there is room for the arrow of the order."""
    column = result.columns[at]
    numeric = is_numeric(column)
    rows = result.rows if numeric else result.rows[:MEASURED_ROWS]
    most = max((cell_len(cell_text(row[at], column)) for row in rows), default=0)
    name = cell_len(printable(column.name)) + 2
    return max(most, min(name, CELL_WIDTH)) if numeric else min(max(most, name), CELL_WIDTH)


def sorted_rows(result: QueryResult, order: Order | None) -> list[int]:
    """The rows' numbers in this order; those without a value stand last."""
    numbers = list(range(len(result.rows)))
    if order is None:
        return numbers
    values = [row[order.column] for row in result.rows]
    key = _key(result.columns[order.column])
    there = [at for at in numbers if values[at] is not None]
    ordered = sorted(there, key=lambda at: key(values[at]), reverse=order.descending)
    return ordered + [at for at in numbers if values[at] is None]


def raw_text(cell: Cell) -> str:
    """The value for another program: nothing for NULL, numbers not grouped."""
    return "" if cell is None else str(cell)


def _key(column: Column) -> Callable[[Cell], tuple[int, Decimal, str]]:
    def key(cell: Cell) -> tuple[int, Decimal, str]:
        if is_numeric(column):
            try:
                return 0, Decimal(str(cell)), ""
            except InvalidOperation:
                return 1, Decimal(0), str(cell)
        return 0, Decimal(0), str(cell)

    return key


def _fitted(text: str, width: int, column: Column) -> str:
    if is_numeric(column):
        return " " * (width - cell_len(text)) + text
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"
