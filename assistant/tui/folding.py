"""What can be folded away under a title: a statement, the model's reasoning."""

from textual.widgets import Collapsible

from assistant.locale import t
from assistant.tui.literal import Passage


class Folding(Collapsible):
    """A passage under a title; it takes no room while it is empty."""

    def __init__(self, title: str, passage: Passage, *, collapsed: bool) -> None:
        """`title`: a key of the sentences."""
        self.passage = passage
        self._title_key = title
        super().__init__(passage, title=t(title), collapsed=collapsed)
        self.display = False

    @property
    def text(self) -> str:
        """What is folded or shown."""
        return self.passage.text

    def write(self, text: str) -> None:
        """Show `text` instead of what stood here."""
        self.passage.write(text)
        self.display = bool(text)

    def append(self, delta: str) -> None:
        """Show the next piece while the model writes."""
        self.passage.append(delta)
        self.display = True

    def retell(self) -> None:
        """Say the title in the language of now."""
        self.title = t(self._title_key)
