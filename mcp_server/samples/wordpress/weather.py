"""The weather of each day of the diary, as on the coast south of Tokyo."""

from dataclasses import dataclass
from datetime import date

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.wordpress.story import SEED

_KINDS = ["晴れ", "曇り", "雨", "風", "雪"]
_CLEAR_WINTER, _WINTER, _MILD = (62, 22, 8, 8, 0), (60, 20, 8, 9, 3), (50, 27, 17, 6, 0)
_RAINY, _SUMMER = (24, 36, 38, 2, 0), (62, 22, 15, 1, 0)
_SEASONS = [  # January to December
    *[_WINTER] * 2, *[_MILD] * 3, _RAINY, *[_SUMMER] * 2, _RAINY, *[_MILD] * 2, _CLEAR_WINTER,
]  # fmt: skip
_WHEELS = [Wheel(_KINDS, weights) for weights in _SEASONS]
_WARMEST = (10, 11, 14, 19, 23, 26, 30, 32, 28, 22, 17, 12)  # degrees Celsius, by month
_ABOVE = {"晴れ": 1, "曇り": -1, "雨": -3, "風": 0, "雪": -7}
_HOT_SUMMERS = {2023: 1, 2024: 2, 2025: 2}


@dataclass(frozen=True, slots=True)
class Weather:
    """`warmest`: the day's highest temperature in degrees Celsius."""

    kind: str
    warmest: int


def weather(day: date) -> Weather:
    """The same for the same day, whoever asks."""
    dice = Dice(SEED + day.toordinal())
    kind = _WHEELS[day.month - 1].spin(dice)
    extra = _HOT_SUMMERS.get(day.year, 0) if 6 <= day.month <= 9 else 0
    return Weather(kind, _WARMEST[day.month - 1] + _ABOVE[kind] + extra + dice.between(-3, 3))
