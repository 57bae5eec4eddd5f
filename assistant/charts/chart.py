"""A chart as data: what a rule decides and what any front end can draw."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "line", "bar", "pie", "scatter"]


@dataclass(frozen=True, slots=True)
class Series:
    """One line, one colour of bars, or the slices of a pie; None is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over labels: each series has one value a label.

    `category` names what the labels are. A number has one label, "", and one value. The two
    series of a scatter are how far to the right and how far up each point is; its labels are "".
    """

    kind: Kind
    category: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
