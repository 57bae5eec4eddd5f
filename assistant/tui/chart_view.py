"""A chart in the conversation, as wide as there is room."""

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from assistant.charts.chart import Chart
from assistant.charts.terminal import drawn
from assistant.locale import language

PLOT_LINES = 12
WIDEST = 120
COLOURS = ("$primary", "$accent", "$success", "$warning", "$error", "$secondary")


class ChartView(Widget):
    """Drawn anew for every width."""

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the drawing takes."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Series in the theme's colours; the drawing tells them apart without, too."""
        lines = [Content.assemble(*line) for line in self._lines(self.size.width)]
        return Content("\n").join(lines)

    def _lines(self, width: int) -> list[list[tuple[str, str]]]:
        room = max(20, min(width, WIDEST))
        drawing = drawn(self.chart, room, PLOT_LINES, japanese=language() == "ja")
        return [[(text, COLOURS[at - 1] if at else "") for text, at in line] for line in drawing]
