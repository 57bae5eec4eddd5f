"""The schema: tables, columns, comments, keys and values; searched, and put into the question."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Tree
from textual.widgets.tree import TreeNode

from assistant.folding import fold
from assistant.locale import t
from assistant.markdown import one_line
from assistant.render import number_text, printable
from assistant.schema import Schema, SchemaColumn, Table
from assistant.tui.literal import Passage
from assistant.tui.schema_detail import detail

Entry = tuple[Table, SchemaColumn | None]
MOST_OPENED = 20
"""A search that leaves so few tables shows their columns too."""


class SchemaBrowser(ModalScreen[str | None]):
    """Ends with the name to put into the question, or None.

    The line on top searches names, comments and values; every word must be found.
    """

    DEFAULT_CSS = """
    SchemaBrowser { align: center middle; }
    SchemaBrowser > Vertical {
        width: 95%; height: 90%; padding: 0 1; border: round $primary; background: $surface;
    }
    SchemaBrowser Horizontal { height: 1fr; }
    SchemaBrowser Tree { width: 1fr; background: transparent; }
    SchemaBrowser VerticalScroll { width: 1fr; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("f2", "unfold", show=False),
    ]

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema
        self._line = Input(placeholder=t("schema.search"))
        self._tree: Tree[Entry] = Tree("")
        self._tree.show_root = False
        self._tree.can_focus = False
        self._detail = Passage()
        self._hint = Passage(classes="muted")

    def compose(self) -> ComposeResult:
        """A line to search in, the tables, and what is known of the one that is chosen."""
        with Vertical() as frame:
            count = number_text(len(self._schema.tables))
            frame.border_title = t("schema.title", dialect=self._schema.dialect, count=count)
            yield self._line
            with Horizontal():
                yield self._tree
                yield VerticalScroll(self._detail, can_focus=False)
            yield self._hint

    def on_mount(self) -> None:
        """All tables."""
        self._line.focus()
        self._fill()

    def on_input_changed(self) -> None:
        """Search while it is typed."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Take the name."""
        if entry := self._chosen:
            table, column = entry
            self.dismiss(column.name if column else table.name)

    def on_tree_node_highlighted(self, highlighted: Tree.NodeHighlighted[Entry]) -> None:
        """Tell all that is known of it."""
        if entry := highlighted.node.data:
            self._detail.write("\n".join(detail(*entry)))

    def on_tree_node_selected(self, selected: Tree.NodeSelected[Entry]) -> None:
        """A click chooses and unfolds; the caret stays in the line."""
        self._line.focus()

    def action_leave(self) -> None:
        """Back to the question as it was."""
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        """To another table or column."""
        (self._tree.action_cursor_down if by > 0 else self._tree.action_cursor_up)()

    def action_unfold(self) -> None:
        """Show or hide a table's columns."""
        if node := self._tree.cursor_node:
            (node if node.allow_expand else node.parent or node).toggle()

    @property
    def _chosen(self) -> Entry | None:
        node = self._tree.cursor_node
        return node.data if node else None

    def _fill(self) -> None:
        words = fold(self._line.value).split()
        found = [(table, columns) for table in self._schema.tables
                 if (columns := _found(table, words)) is not None]  # fmt: skip
        self._tree.clear()
        for table, columns in found:
            opened = bool(words) and len(found) <= MOST_OPENED
            _add(self._tree.root, table, columns or table.columns, opened=opened)
        self._tree.root.expand()
        self._detail.write("")
        self._hint.write(t("schema.keys" if found else "schema.none"))
        self.call_after_refresh(self._choose_first)

    def _choose_first(self) -> None:
        self._tree.move_cursor(next(iter(self._tree.root.children), None))


def _add(
    root: TreeNode[Entry], table: Table, columns: tuple[SchemaColumn, ...], *, opened: bool
) -> None:
    node = root.add(_label(table.name, table.comment), (table, None), expand=opened)
    for column in columns:
        node.add_leaf(_label(column.name, column.comment or column.type), (table, column))


def _label(name: str, more: str) -> Text:
    return Text.assemble(printable(name), (f"  {printable(one_line(more))}", "dim"))


def _found(table: Table, words: list[str]) -> tuple[SchemaColumn, ...] | None:
    """The columns by which a table is found; () by the table itself; None where it is not."""
    own = fold(f"{table.name} {table.comment}")
    rest = [word for word in words if word not in own]
    columns = tuple(c for c in table.columns if rest and all(w in _words(c) for w in rest))
    return columns if columns or not rest else None


def _words(column: SchemaColumn) -> str:
    return fold(" ".join([column.name, column.comment, *column.values]))
