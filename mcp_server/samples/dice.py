"""Chance that falls the same way on every machine and every Python.

Python promises one thing for a seeded generator across versions: the sequence of `random()`.
So everything here stands on that method alone, and on + - * /, which IEEE 754 fixes.
"""

from bisect import bisect
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice:
    """One stream of chance. Each kind of thing draws from its own, so that one can change alone."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def chance(self, probability: float) -> bool:
        """True with this probability, 0 to 1."""
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.random() * len(items))]

    def day(self, first: date, last: date) -> date:
        """A day from first to last, both included."""
        return first + timedelta(days=self.between(0, (last - first).days))

    def keenness(self) -> float:
        """A weight with a long tail: most are near 1, a few reach 8."""
        return 1 / (0.12 + self.random())


class Wheel(Generic[T]):
    """Items with weights; a spin stops at heavy ones more often."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self._items = items
        self._edges = list(accumulate(weights))

    def spin(self, dice: Dice, among: int | None = None) -> T:
        """One item; `among` limits the choice to the first so many."""
        count = len(self._items) if among is None else among
        return self._items[
            bisect(self._edges, dice.random() * self._edges[count - 1], 0, count - 1)
        ]
