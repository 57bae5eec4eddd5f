"""How many orders a day brings: growth, season, weekday, and one month that went wrong."""

from collections.abc import Iterator
from datetime import date, timedelta

from mcp_server.samples.dice import Dice
from mcp_server.samples.sales.story import FIRST_DAY, LAST_DAY, SEED, SLUMP, SLUMP_SHARE

Month = tuple[int, int]  # year and month

_ORDERS_A_DAY = 36
_GROWTH = {2023: 1.0, 2024: 1.1, 2025: 1.21}
_MONTHS = (96, 84, 114, 102, 98, 84, 102, 97, 90, 98, 106, 146)  # per cent; December and March
_WEEKDAYS = (90, 87, 89, 92, 103, 124, 120)  # per cent, from Monday


def days() -> list[date]:
    """Every day of the data."""
    return [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]


def slump_share(month: Month) -> float:
    """The share of its usual orders that a month had: 1 but for the slump."""
    return SLUMP_SHARE if month == SLUMP else 1.0


def order_days() -> Iterator[date]:
    """The day of each order, from first to last."""
    dice = Dice(SEED + 5)
    for day in days():
        expected = _ORDERS_A_DAY * _GROWTH[day.year] * slump_share((day.year, day.month))
        expected *= _MONTHS[day.month - 1] / 100 * _WEEKDAYS[day.weekday()] / 100
        count = int(expected * (0.8 + 0.4 * dice.random()) + dice.random())
        yield from [day] * count
