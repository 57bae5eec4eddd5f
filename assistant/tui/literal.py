"""Text of others on our screen: taken literally, unable to steer the terminal."""

from textual.content import Content
from textual.widgets import Static

_VISIBLE = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_VISIBLE |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def printable(text: str) -> str:
    """The text with control characters, escape sequences above all, made visible."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


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
