"""A chart drawn as SVG: no script, no font, no colour of its own; the page's CSS has the colours.

Drawn here and not by a library: the light ones bring their own scripts and fixed colours along,
none follows a dark page or counts Japanese labels in cells, and what is needed is arithmetic.
"""

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from rich.cells import cell_len, set_cell_size

from assistant.charts.chart import Chart, Series
from assistant.charts.scale import tick_text, ticks

WIDTH = 720
_CELL = 6.6  # pixels of one terminal cell at 12 px
_LABEL_CELLS = 24
_BAR, _GAP = 18.0, 10.0


def draw(chart: Chart, title: str, *, japanese: bool) -> str:
    """An <svg> element with its title and what it shows, for a screen and for a reader aloud."""
    match chart.kind:
        case "line":
            return _Plot(chart, title, japanese, 300).line()
        case "pie":
            return _Plot(chart, title, japanese, 260).pie()
        case "bar":
            return _Plot(chart, title, japanese, _bar_height(chart)).bars()
        case "scatter":
            return _Plot(chart, title, japanese, 300).scatter()
        case "number":
            return ""


def _bar_height(chart: Chart) -> float:
    return len(chart.labels) * (_BAR * len(chart.series) + _GAP) + 16 + _legend_height(chart)


def _legend_height(chart: Chart) -> float:
    return 24.0 if len(chart.series) > 1 else 0.0


class _Plot:
    """One drawing, built up element by element."""

    def __init__(self, chart: Chart, title: str, japanese: bool, height: float) -> None:
        self._chart, self._japanese, self._height = chart, japanese, height
        self._root = Element(
            "svg",
            {
                "viewBox": f"0 0 {WIDTH} {height:.0f}",
                "role": "img",
                "class": f"chart {chart.kind}",
                "xmlns": "http://www.w3.org/2000/svg",
            },
        )
        SubElement(self._root, "title").text = title
        SubElement(self._root, "desc").text = _described(chart)

    def line(self) -> str:
        """Values from left to right, an axis on the left."""
        marks = ticks(*_extent(self._chart))
        left = max(cell_len(self._tick(mark, marks)) for mark in marks) * _CELL + 14
        top, bottom = 12 + _legend_height(self._chart), self._height - 34
        self._legend(left)
        scale = (bottom - top) / (marks[-1] - marks[0])
        for mark in marks:
            y = bottom - (mark - marks[0]) * scale
            self._rule(left, y, WIDTH - 12, y, "axis" if mark == 0 else "grid")
            self._text(left - 6, y + 4, self._tick(mark, marks), "end")
        step = (WIDTH - 24 - left) / max(1, len(self._chart.labels) - 1)
        self._under(left, bottom, step)
        for number, series in enumerate(self._chart.series, 1):
            points = [
                (left + at * step, bottom - (value - marks[0]) * scale, at)
                for at, value in enumerate(series.values)
                if value is not None
            ]
            self._curve(points, series, number)
        return self._done()

    def scatter(self) -> str:
        """A dot a row, the first series to the right, the second upwards."""
        across, up = self._chart.series
        pairs = [(x, y) for x, y in zip(across.values, up.values, strict=True)
                 if x is not None and y is not None]  # fmt: skip
        aside, marks = (ticks(min(v), max(v)) for v in zip(*pairs, strict=True))
        left = max(cell_len(self._tick(mark, marks)) for mark in marks) * _CELL + 14
        top, bottom = 24.0, self._height - 48
        high = (bottom - top) / (marks[-1] - marks[0])
        wide = (WIDTH - 36 - left) / (aside[-1] - aside[0])
        for mark in marks:
            y = bottom - (mark - marks[0]) * high
            self._rule(left, y, WIDTH - 12, y, "axis" if mark == 0 else "grid")
            self._text(left - 6, y + 4, self._tick(mark, marks), "end")
        for mark in aside:
            x = left + (mark - aside[0]) * wide
            self._text(x, bottom + 20, self._tick(mark, aside), "middle")
        self._text(left, 14, _short(up.name), "start")
        self._text(WIDTH - 12, bottom + 40, _short(across.name), "end")
        for x, y in pairs:
            place = {"cx": f"{left + (x - aside[0]) * wide:.1f}",
                     "cy": f"{bottom - (y - marks[0]) * high:.1f}"}  # fmt: skip
            SubElement(self._root, "circle", {**place, "r": "3", "class": "fill s1"})
        return self._done()

    def _under(self, left: float, y: float, step: float) -> None:
        """As many labels as there is room for."""
        widest = max(map(cell_len, self._chart.labels)) * _CELL + 12
        every = max(1, math.ceil(widest / step))
        for at in range(0, len(self._chart.labels), every):
            x = min(left + at * step, WIDTH - widest / 2)
            self._text(x, y + 20, self._chart.labels[at], "middle")

    def _curve(self, points: list[tuple[float, float, int]], series: Series, number: int) -> None:
        path = _path(points)
        SubElement(self._root, "path", {"d": path, "class": f"stroke s{number}"})
        for x, y, at in points if len(points) <= 60 else ():
            circle = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3", "class": f"fill s{number}"}
            self._hint(SubElement(self._root, "circle", circle), series, at)

    def bars(self) -> str:
        """A row of bars a label, its value behind it."""
        labels = [_short(label) for label in self._chart.labels]
        left = max(map(cell_len, labels)) * _CELL + 16
        low, high = _extent(self._chart)
        room = max(cell_len(self._value(v)) for s in self._chart.series for v in s.values) * _CELL
        scale = (WIDTH - left - room - 20) / (max(high, 0.0) - min(low, 0.0) or 1)
        zero = left - min(low, 0.0) * scale
        top = 8 + _legend_height(self._chart)
        self._legend(left)
        for at, label in enumerate(labels):
            y = top + at * (_BAR * len(self._chart.series) + _GAP)
            middle = y + _BAR * len(self._chart.series) / 2 + 4
            self._text(left - 8, middle, label, "end")
            for number, series in enumerate(self._chart.series, 1):
                self._one_bar(zero, y + (number - 1) * _BAR, scale, series, number, at)
        self._rule(zero, top - 4, zero, self._height - 8, "axis")
        return self._done()

    def _one_bar(
        self, zero: float, y: float, scale: float, series: Series, number: int, at: int
    ) -> None:
        value = series.values[at]
        if value is None:
            return
        length = abs(value) * scale
        start = zero if value >= 0 else zero - length
        box = {"x": f"{start:.1f}", "y": f"{y:.1f}", "width": f"{max(length, 1):.1f}",
               "height": f"{_BAR - 2:.0f}", "rx": "2", "class": f"fill s{number}"}  # fmt: skip
        self._hint(SubElement(self._root, "rect", box), series, at)
        self._text(zero + max(value, 0) * scale + 5, y + _BAR - 5, self._value(value), "start")

    def pie(self) -> str:
        """Slices from twelve o'clock on, their names and shares to the right."""
        series = self._chart.series[0]
        values = [value or 0.0 for value in series.values]
        whole, angle = sum(values), -math.pi / 2
        for number, value in enumerate(values, 1):
            turn = 2 * math.pi * value / whole
            slice_ = {"d": _slice(130, 130, 110, angle, turn), "class": f"fill s{number}"}
            self._hint(SubElement(self._root, "path", slice_), series, number - 1)
            angle += turn
            y = 130 - len(values) * 13 + number * 26 - 8
            self._box(280, y - 11, number)
            share = f"{value / whole:.1%}"
            label = f"{_short(self._chart.labels[number - 1])}  {self._value(value)}  {share}"
            self._text(300, y, label, "start")
        return self._done()

    def _legend(self, left: float) -> None:
        if len(self._chart.series) < 2:
            return
        for number, series in enumerate(self._chart.series, 1):
            self._box(left, 4, number)
            self._text(left + 18, 15, _short(series.name), "start")
            left += cell_len(_short(series.name)) * _CELL + 44

    def _box(self, x: float, y: float, number: int) -> None:
        box = {"x": f"{x:.0f}", "y": f"{y:.0f}", "width": "12", "height": "12", "rx": "2"}
        SubElement(self._root, "rect", {**box, "class": f"fill s{number}"})

    def _rule(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        ends = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
        SubElement(self._root, "line", {n: f"{v:.1f}" for n, v in ends} | {"class": kind})

    def _text(self, x: float, y: float, text: str, anchor: str) -> None:
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
        SubElement(self._root, "text", place).text = text

    def _hint(self, shape: Element, series: Series, at: int) -> None:
        """What a pointer that rests on the shape is told."""
        name = f"{series.name} " if len(self._chart.series) > 1 else ""
        value = self._value(series.values[at])
        SubElement(shape, "title").text = f"{self._chart.labels[at]} {name}{value}"

    def _tick(self, value: float, marks: list[float]) -> str:
        return tick_text(value, marks, japanese=self._japanese)

    def _value(self, value: float | None) -> str:
        return "" if value is None else f"{value:,.10g}" if value % 1 else f"{value:,.0f}"

    def _done(self) -> str:
        return tostring(self._root, encoding="unicode")


def _extent(chart: Chart) -> tuple[float, float]:
    values = [value for series in chart.series for value in series.values if value is not None]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _short(text: str) -> str:
    if cell_len(text) <= _LABEL_CELLS:
        return text
    return set_cell_size(text, _LABEL_CELLS - 1).rstrip() + "…"


def _path(points: list[tuple[float, float, int]]) -> str:
    """Lines between neighbours; where a value is missing the line is broken."""
    commands: list[str] = []
    last = -2
    for x, y, at in points:
        commands.append(f"{'L' if at == last + 1 else 'M'}{x:.1f} {y:.1f}")
        last = at
    return " ".join(commands)


def _slice(x: float, y: float, radius: float, start: float, turn: float) -> str:
    if turn >= 2 * math.pi - 1e-9:
        return f"M{x - radius} {y} a{radius} {radius} 0 1 1 0 .01 Z"
    ends = [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in (start, start + turn)]
    (x1, y1), (x2, y2) = ends
    large = int(turn > math.pi)
    return f"M{x} {y} L{x1:.2f} {y1:.2f} A{radius} {radius} 0 {large} 1 {x2:.2f} {y2:.2f} Z"


def _described(chart: Chart) -> str:
    return "; ".join(_sentences(chart))


def _sentences(chart: Chart) -> Iterator[str]:
    """The values in words, the first dozen of each series."""
    for series in chart.series:
        pairs = [
            f"{label} {value:,.10g}"
            for label, value in zip(chart.labels, series.values, strict=True)
            if value is not None
        ]
        more = ", …" if len(pairs) > 12 else ""
        yield f"{series.name}: {', '.join(pairs[:12])}{more}"
