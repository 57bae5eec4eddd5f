"""The statement: seen while the model writes it, folded away when the answer stands."""

from textual.content import Content

from assistant.tui.folding import Folding
from assistant.tui.literal import Passage


class Statement(Passage):
    """SQL in colour."""

    def styled(self, text: str) -> Content:
        """Keywords, names and values of SQL told apart."""
        # Its lexers take a while to load, and the first paint needs none.
        from textual.highlight import highlight

        return highlight(text, language="sql")


class SqlView(Folding):
    """A statement that folds."""

    def __init__(self) -> None:
        super().__init__("tui.sql", Statement(), collapsed=False)
