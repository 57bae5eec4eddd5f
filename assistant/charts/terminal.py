"""A chart drawn with characters: blocks for bars, dots of braille for lines and points.

A drawing is lines of spans, a text and the number of its series (0 for axes and labels), so
that whoever shows it chooses the colours. Series differ without colours, too: by their blocks,
or by the digit at the end of a line.
"""

from rich.cells import cell_len, set_cell_size

from assistant.charts.big import big
from assistant.charts.canvas import Canvas
from assistant.charts.chart import Chart
from assistant.charts.scale import tick_text, ticks

Span = tuple[str, int]
Drawing = list[list[Span]]
BLOCKS = "█▓▒░▚▞"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LABEL_CELLS = 24


def drawn(chart: Chart, width: int, height: int, *, japanese: bool) -> Drawing:
    """The chart in `width` cells; plots are `height` lines high, bars one line each."""
    match chart.kind:
        case "number":
            return _number(chart)
        case "bar" | "pie":
            return [*_legend(chart, BLOCKS), *_bars(chart, width)]
        case "line":
            marks = "123456" if len(chart.series) > 1 else ""
            return [*_legend(chart, marks), *_Plot(chart, width, height, japanese).line()]
        case "scatter":
            return _Plot(chart, width, height, japanese).scatter()


def _number(chart: Chart) -> Drawing:
    value = chart.series[0].values[0]
    lines = big(value_text(value))
    return [*([(line, 1)] for line in lines), [(chart.category, 0)]]


def _legend(chart: Chart, marks: str) -> Drawing:
    if len(chart.series) < 2:
        return []
    spans: list[Span] = []
    for number, (series, mark) in enumerate(zip(chart.series, marks, strict=False), 1):
        spans += [(f"{mark} ", number), (f"{series.name}  ", 0)]
    return [spans]


def _bars(chart: Chart, width: int) -> Drawing:
    """A line a value: its label, its bar from a common zero, its number."""
    labels = [shortened(label, min(_LABEL_CELLS, width // 3)) for label in chart.labels]
    left = max(map(cell_len, labels))
    values = [value for series in chart.series for value in series.values if value is not None]
    room = max((cell_len(value_text(value)) for value in values), default=0)
    share = _shares(chart)
    room += max(map(cell_len, share), default=0)
    cells = max(8, width - left - room - 3)
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = cells / (high - low or 1)
    zero = round(-low * scale)
    lines = []
    for at, label in enumerate(labels):
        for number, series in enumerate(chart.series, 1):
            name = label if number == 1 else ""
            value = series.values[at]
            bar = _bar(value, zero, scale, BLOCKS[number - 1])
            told = value_text(value) + (share[at] if share else "")
            head = set_cell_size(name, left) + " "
            lines.append([(head, 0), (bar, number), (f" {told}", 0)])
    return lines


def _shares(chart: Chart) -> list[str]:
    """For a pie, how much of the whole each value is."""
    if chart.kind != "pie":
        return []
    values = [value or 0.0 for value in chart.series[0].values]
    return [f"  {value / sum(values):.1%}" for value in values]


def _bar(value: float | None, zero: int, scale: float, block: str) -> str:
    if value is None:
        return " " * zero
    if value < 0:
        return (block * max(1, round(-value * scale))).rjust(zero)
    whole, part = divmod(round(value * scale * 8), 8)
    end = _EIGHTHS[part] if block == "█" and part else ""
    return " " * zero + (block * whole + end or (_EIGHTHS[1] if value else ""))


class _Plot:
    """Axes, and a canvas of dots between them."""

    def __init__(self, chart: Chart, width: int, height: int, japanese: bool) -> None:
        self._chart, self._width, self._height, self._japanese = chart, width, height, japanese

    def line(self) -> Drawing:
        """Values from left to right over their labels."""
        count = max(1, len(self._chart.labels) - 1)
        values = [v for series in self._chart.series for v in series.values if v is not None]
        plot = self._canvas(values)
        for number, series in enumerate(self._chart.series, 1):
            last: tuple[float, float] | None = None
            for at, value in enumerate(series.values):
                point = None if value is None else (at / count, self._share(value))
                if point:
                    plot.line(last or point, point, number)
                last = point
            if last and len(self._chart.series) > 1:
                plot.mark(last, str(number), number)
        return [*self._with_axis(plot), self._under()]

    def scatter(self) -> Drawing:
        """A dot a row: the first series to the right, the second upwards."""
        across, up = self._chart.series
        pairs = [(x, y) for x, y in zip(across.values, up.values, strict=True)
                 if x is not None and y is not None]  # fmt: skip
        plot = self._canvas([y for _, y in pairs])
        marks = ticks(min(x for x, _ in pairs), max(x for x, _ in pairs))
        for x, y in pairs:
            plot.dot(((x - marks[0]) / (marks[-1] - marks[0]), self._share(y)), 1)
        ends = [tick_text(mark, marks, japanese=self._japanese) for mark in (marks[0], marks[-1])]
        between = max(1, plot.width - sum(map(cell_len, ends)))
        under = ends[0] + shortened(across.name, between - 2).center(between) + ends[1]
        return [[(up.name, 0)], *self._with_axis(plot), [(" " * (self._left + 1) + under, 0)]]

    def _canvas(self, values: list[float]) -> Canvas:
        self._marks = ticks(min(values, default=0.0), max(values, default=0.0))
        texts = [tick_text(mark, self._marks, japanese=self._japanese) for mark in self._marks]
        self._left = max(map(cell_len, texts))
        return Canvas(max(10, self._width - self._left - 2), self._height)

    def _share(self, value: float) -> float:
        return (value - self._marks[0]) / (self._marks[-1] - self._marks[0])

    def _with_axis(self, plot: Canvas) -> Drawing:
        names = {
            self._height - 1 - round(self._share(mark) * (self._height - 1)): mark
            for mark in self._marks
        }
        lines: Drawing = []
        for row, spans in enumerate(plot.lines()):
            named = row in names
            text = tick_text(names[row], self._marks, japanese=self._japanese) if named else ""
            axis = " " * (self._left - cell_len(text)) + text + ("┤" if named else "│")
            lines.append([(axis, 0), *spans])
        return lines

    def _under(self) -> list[Span]:
        """As many labels as there is room for, each below its value."""
        labels, cells = self._chart.labels, self._width - self._left - 2
        text = " " * (self._left + 1)
        for at, label in enumerate(labels):
            place = self._left + 1 + round(at / max(1, len(labels) - 1) * (cells - 1))
            place = max(0, min(place - cell_len(label) // 2, self._width - cell_len(label)))
            if at == 0 or place >= cell_len(text) + 1:
                text += " " * (place - cell_len(text)) + label
        return [(text, 0)]


def value_text(value: float | None) -> str:
    """1,234 · 0.5 · nothing where there is no value."""
    return "" if value is None else f"{value:,.10g}" if value % 1 else f"{value:,.0f}"


def shortened(text: str, cells: int) -> str:
    """The text, cut to so many cells."""
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"
