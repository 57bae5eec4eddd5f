"""The stored values of text columns, to find in which column a word of a question stands."""

import re
from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Literal

from mcp_server.folding import parts_of
from mcp_server.inverted import Inverted

MOST_VALUES = 100_000
"""Of one connection; a value and its entry take about 300 bytes."""
_NAMED = 10
_NAMING = re.compile(r"name$|title$|名$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A stored value that shares words with a text; `value` as the database holds it."""

    table: str
    column: str
    value: str
    score: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the data the index knows: `columns` of the `of` text columns.

    "truncated": a column in `cut` has more values than were taken, one in `left_out` was not
    looked at (too big, too slow, or beyond the size of the index). Both name the first few.
    """

    state: Literal["building", "complete", "truncated"]
    columns: int
    of: int
    cut: tuple[str, ...]
    left_out: tuple[str, ...]

    def __str__(self) -> str:
        """One line for a reader, empty when nothing is missing."""
        if self.state == "complete":
            return ""
        so_far = " so far, ask again for the others" if self.state == "building" else ""
        cut = f"; more values than indexed: {', '.join(self.cut)}" if self.cut else ""
        left = f"; not indexed: {', '.join(self.left_out)}" if self.left_out else ""
        return f"values of {self.columns} of {self.of} text columns are indexed{so_far}{cut}{left}"


class Values:
    """An index of distinct values, filled column by column; asked at any time."""

    def __init__(self) -> None:
        self.of = 0
        self.finished = False
        self._index = Inverted()
        self._places: list[tuple[str, str]] = []
        self._place_of = array("I")
        self._values: list[str] = []
        self._cut: list[tuple[str, str]] = []
        self._left_out: list[tuple[str, str]] = []

    @property
    def is_full(self) -> bool:
        return len(self._values) >= MOST_VALUES

    def add(
        self, table: str, column: str, values: Iterable[tuple[str, Collection[str]]], cut: bool
    ) -> None:
        """The values of one column, each with its parts; `cut` says that there are more."""
        self._places.append((table, column))
        for value, parts in values:
            self._index.add(parts)
            self._values.append(value)
            self._place_of.append(len(self._places) - 1)
        if cut:
            self._cut.append((table, column))

    def leave_out(self, table: str, columns: Iterable[str]) -> None:
        """Columns that were not looked at."""
        self._left_out.extend((table, column) for column in columns)

    @property
    def coverage(self) -> Coverage:
        missing = self._cut or self._left_out
        done: Literal["complete", "truncated"] = "truncated" if missing else "complete"
        return Coverage(
            done if self.finished else "building",
            len(self._places),
            self.of,
            _named(self._cut),
            _named(self._left_out),
        )

    def __contains__(self, part: str) -> bool:
        return part in self._index

    def find(self, text: str, most: int = 20) -> list[ValueHit]:
        """The values that the text is likeliest to mean, best first; words may be misspelt."""
        wanted = parts_of(text)
        return self.matching(
            self.weights(wanted, {word for word in wanted if word not in self}), most
        )

    def weights(self, wanted: Iterable[str], misspelt: Collection[str]) -> dict[str, float]:
        """As of the index beneath."""
        return self._index.weights(wanted, misspelt)

    def matching(self, weights: Mapping[str, float], most: int) -> list[ValueHit]:
        """The best values by weighted parts; of equals those that name their rows come first.

        東京都 of prefectures.name is what is meant before that of many an address.
        """
        scores = self._index.find(weights)

        def rank(number: int) -> tuple[float, bool, int]:
            _, column = self._places[self._place_of[number]]
            return scores[number], _NAMING.search(column) is not None, -number

        best = nlargest(most, scores, key=rank)
        return [
            ValueHit(*self._places[self._place_of[at]], self._values[at], round(scores[at], 3))
            for at in best
        ]


def _named(columns: list[tuple[str, str]]) -> tuple[str, ...]:
    names = tuple(f"{table}.{column}" for table, column in columns[:_NAMED])
    more = len(columns) - len(names)
    return (*names, f"{more} more") if more else names
