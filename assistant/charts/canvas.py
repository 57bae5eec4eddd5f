"""Dots in braille characters, two across and four down in each."""

from itertools import groupby

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
Point = tuple[float, float]
"""Shares of the width and of the height, from 0 to 1, from the lower left."""


class Canvas:
    """`width` by `height` characters; each is in the colour of what was drawn there last."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._dots = [[0] * width for _ in range(height)]
        self._series = [[0] * width for _ in range(height)]
        self._marks: dict[tuple[int, int], str] = {}

    def dot(self, point: Point, series: int) -> None:
        """One dot."""
        self._set(*self._place(point), series)

    def line(self, start: Point, end: Point, series: int) -> None:
        """Dots from one point to another."""
        (x1, y1), (x2, y2) = self._place(start), self._place(end)
        steps = max(abs(x2 - x1), abs(y2 - y1), 1)
        for step in range(steps + 1):
            x = x1 + round((x2 - x1) * step / steps)
            self._set(x, y1 + round((y2 - y1) * step / steps), series)

    def mark(self, point: Point, mark: str, series: int) -> None:
        """A character of one cell instead of the dots there."""
        x, y = self._place(point)
        self._marks[y // 4, x // 2] = mark
        self._series[y // 4][x // 2] = series

    def lines(self) -> list[list[tuple[str, int]]]:
        """Spans of characters of one series, line by line."""
        return [self._spans(row) for row in range(self.height)]

    def _spans(self, row: int) -> list[tuple[str, int]]:
        cells = [
            (self._marks.get((row, at)) or (chr(0x2800 + dots) if dots else " "), series)
            for at, (dots, series) in enumerate(
                zip(self._dots[row], self._series[row], strict=True)
            )
        ]
        return [
            ("".join(text for text, _ in group), series)
            for series, group in groupby(cells, key=lambda cell: cell[1])
        ]

    def _place(self, point: Point) -> tuple[int, int]:
        across, up = (min(max(share, 0.0), 1.0) for share in point)
        return round(across * (self.width * 2 - 1)), round((1 - up) * (self.height * 4 - 1))

    def _set(self, x: int, y: int, series: int) -> None:
        self._dots[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        self._series[y // 4][x // 2] = series
