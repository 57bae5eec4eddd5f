"""The statement: seen while the model writes it, folded away when the answer stands."""

from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Collapsible

from assistant.locale import t
from assistant.tui.literal import Passage


class Statement(Passage):
    """SQL in colour."""

    def styled(self, text: str) -> Content:
        """Keywords, names and values of SQL told apart."""
        return highlight(text, language="sql")


class SqlView(Collapsible):
    """A statement that folds."""

    def __init__(self) -> None:
        self.statement = Statement()
        super().__init__(self.statement, title=t("tui.sql"), collapsed=False)
        self.display = False

    def write(self, sql: str) -> None:
        """Show `sql` instead of what stood here."""
        self.statement.write(sql)
        self.display = bool(sql)

    def append(self, delta: str) -> None:
        """Show the next piece while the model writes."""
        self.write(self.statement.text + delta)

    def fold(self) -> None:
        """Leave the title only; the person may open it again."""
        self.collapsed = True
