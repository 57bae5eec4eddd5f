"""What happens in the years of the diary, and on which day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mcp_server.samples.dice import Dice
from mcp_server.samples.wordpress.story import FIRST_DAY, LAST_DAY, SEED
from mcp_server.samples.wordpress.texts import lines, texts
from mcp_server.samples.wordpress.weather import Weather, weather

_OUT_OF_DOORS = {"種まきと植え付け", "手入れ", "収穫", "山歩き", "町歩き", "写真"}
_DRY = {"晴れ", "曇り", "風"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something to write about. `on`: month and day of what has a fixed date.

    `times`: how often in a year; `measure`: a custom field with its least and greatest value.
    """

    category: str
    titles: tuple[str, ...]
    said: tuple[str, ...]
    tags: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    times: float = 1.0
    on: str = ""
    since: int = FIRST_DAY.year
    until: int = LAST_DAY.year
    weather: str = ""
    measure: tuple[str, int, int] | None = None
    facts: tuple[tuple[str, str], ...] = ()

    def suits(self, kind: str) -> bool:
        """Whether it may happen in this weather."""
        if self.weather or self.on:
            return kind == (self.weather or kind)
        return self.category not in _OUT_OF_DOORS or kind in _DRY


@dataclass(frozen=True, slots=True)
class Happening:
    """An event on its day."""

    day: date
    event: Event
    weather: Weather


def happenings() -> list[Happening]:
    """All of them, by day."""
    dice = Dice(SEED + 1)
    days = [FIRST_DAY + timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    skies = {day: weather(day) for day in days}
    found = [
        Happening(day, event, skies[day])
        for event in [*_events(), *_books(dice)]
        for day in _days_of(event, skies, dice)
    ]
    return sorted(found, key=lambda happening: (happening.day, happening.event.titles))


def _days_of(event: Event, skies: dict[date, Weather], dice: Dice) -> Iterator[date]:
    for year in range(event.since, event.until + 1):
        fitting = [
            day
            for day, sky in skies.items()
            if day.year == year and _in_season(event, day) and event.suits(sky.kind)
        ]
        wanted = int(event.times + dice.random())
        for _ in range(min(wanted, len(fitting))):
            day = dice.pick(fitting)
            yield day
            fitting = [other for other in fitting if abs((other - day).days) > 6]
            if not fitting:
                break


def _in_season(event: Event, day: date) -> bool:
    return f"{day:%m-%d}" == event.on if event.on else day.month in event.months


def _events() -> Iterator[Event]:
    for name in ("garden", "kitchen", "outside", "indoors"):
        for entry in texts(name)["event"]:
            measure = entry.get("measure")
            yield Event(
                entry["category"],
                tuple(entry["titles"]),
                tuple(lines(entry["said"])),
                tuple(entry["tags"]),
                tuple(entry.get("months", ())),
                entry.get("times", 1.0),
                entry.get("on", ""),
                entry.get("since", FIRST_DAY.year),
                entry.get("until", LAST_DAY.year),
                entry.get("weather", ""),
                (measure[0], measure[1], measure[2]) if measure else None,
            )


def _books(dice: Dice) -> Iterator[Event]:
    """Each is read once, in a year of its own."""
    for book in texts("indoors")["book"]:
        name, author = book["name"], book["author"]
        year, month = dice.between(FIRST_DAY.year, LAST_DAY.year), dice.between(1, 12)
        yield Event(
            "本",
            (f"{author}『{name}』",),
            tuple(lines(book["said"])),
            (author,),
            (month,),
            facts=(("書名", name), ("著者", author), ("評価", str(dice.between(3, 5)))),
            since=year,
            until=year,
        )
