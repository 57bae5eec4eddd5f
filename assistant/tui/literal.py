"""Text of others on our screen: taken literally, unable to steer the terminal."""

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from assistant.render import printable

FRAME_SECONDS = 0.05
"""Pieces that stream in sooner after one another than this are painted together."""


class Passage(Static):
    """A text without markup that takes no room while it is empty."""

    def __init__(self, text: str = "", classes: str | None = None) -> None:
        super().__init__(classes=classes, markup=False)
        self.text = ""
        self._frame: Timer | None = None
        self.write(text)

    def write(self, text: str) -> None:
        """Show `text` instead of what stood here."""
        self.text = text
        self._paint()

    def append(self, text: str) -> None:
        """Show `text` behind what stands here, with the next frame."""
        self.text += text
        if self._frame is None:
            self._frame = self.set_timer(FRAME_SECONDS, self._paint_frame)

    def styled(self, text: str) -> Content:
        """How the text is shown; a subclass may colour it."""
        return Content(text)

    def _paint(self) -> None:
        self._end_frame()
        self.update(self.styled(printable(self.text)))
        self.display = bool(self.text)

    def _paint_frame(self) -> None:
        """As `_paint`; what has as many lines as before moves nothing else on the screen."""
        self._end_frame()
        shown = self.styled(printable(self.text))
        width, height = self.content_size
        grown = not (self.display and width) or len(shown.wrap(width)) != height
        self.update(shown, layout=grown)
        self.display = bool(self.text)

    def _end_frame(self) -> None:
        if self._frame:
            self._frame.stop()
            self._frame = None
