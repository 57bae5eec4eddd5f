"""Text of others on our screen: taken literally, unable to steer the terminal."""

from textual.content import Content
from textual.widgets import Static

from assistant.render import printable


class Passage(Static):
    """A text without markup that takes no room while it is empty."""

    def __init__(self, text: str = "", classes: str | None = None) -> None:
        super().__init__(classes=classes, markup=False)
        self.text = ""
        self.write(text)

    def write(self, text: str) -> None:
        """Show `text` instead of what stood here."""
        self.text = text
        self.update(self.styled(printable(text)))
        self.display = bool(text)

    def append(self, text: str) -> None:
        """Show `text` behind what stands here."""
        self.write(self.text + text)

    def styled(self, text: str) -> Content:
        """How the text is shown; a subclass may colour it."""
        return Content(text)
