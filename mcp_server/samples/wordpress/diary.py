"""The entries of the diary: who wrote what, when, and with which custom fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.wordpress.happenings import Happening, happenings
from mcp_server.samples.wordpress.story import CALLED, GUEST, LAST_MOMENT, SEED
from mcp_server.samples.wordpress.texts import texts
from mcp_server.samples.wordpress.writing import Writer

_STATUSES = Wheel(["publish", "private", "draft", "trash"], [90, 4, 4, 2])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `moment` is local; `author` a login; `fields` are custom fields as typed in."""

    moment: datetime
    author: str
    title: str
    paragraphs: tuple[str, ...]
    status: str
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


def parent_of(category: str) -> str:
    """The category above it, or itself where there is none."""
    [found] = [entry for entry in texts("site")["category"] if entry["name"] == category]
    return str(found.get("parent", category))


def entries() -> list[Entry]:
    """All of them, by the moment they were written."""
    dice, writer = Dice(SEED + 2), Writer(Dice(SEED + 3))
    return sorted(_entries(dice, writer), key=lambda entry: entry.moment)


def _entries(dice: Dice, writer: Writer) -> Iterator[Entry]:
    titles: set[str] = set()
    for happening in happenings():
        event, author = happening.event, _author(dice, happening)
        fields = _fields(dice, happening)
        title = _title(dice, happening, titles)
        titles.add(title)
        yield Entry(
            _moment(dice, happening.day),
            author,
            title,
            writer.paragraphs(happening, author, parent_of(event.category), dict(fields)),
            _status(dice, author, fixed=bool(event.on)),
            _categories(dice, event.category),
            event.tags,
            fields,
        )


def _author(dice: Dice, happening: Happening) -> str:
    """Sachi writes of the kitchen; a friend sometimes of mountains, though not of himself."""
    event = happening.event
    if parent_of(event.category) == "台所":
        return "sachi"
    own = any(name in line for line in event.said for name in (CALLED[GUEST], "うち"))
    guest = event.category == "山歩き" and happening.day.year >= 2022 and not own
    return GUEST if guest and dice.chance(0.7) else "minato"


def _fields(dice: Dice, happening: Happening) -> tuple[tuple[str, str], ...]:
    """Forgotten now and then, as such things are."""
    fields = list(happening.event.facts)
    if dice.chance(0.94):
        fields += [("天気", happening.weather.kind), ("気温", str(happening.weather.warmest))]
    if measure := happening.event.measure:
        name, least, most = measure
        step = 10 if name == "収穫量" else 1
        fields.append((name, str(dice.between(least // step, most // step) * step)))
    return tuple(fields)


def _title(dice: Dice, happening: Happening, used: set[str]) -> str:
    """One not used before; when all are, one with the year or more behind it."""
    titles, day = happening.event.titles, happening.day
    if fresh := [title for title in titles if title not in used]:
        return dice.pick(fresh)
    title = dice.pick(titles)
    wordings = (f"（{day.year}年）", f"（{day.year}年{day.month}月）", f"（{day:%Y/%m/%d}）")
    return next(t for t in (title + wording for wording in wordings) if t not in used)


def _moment(dice: Dice, day: date) -> datetime:
    """In the evening mostly, sometimes before breakfast: then it is still yesterday in GMT."""
    hour = dice.between(5, 8) if dice.chance(0.2) else dice.between(18, 23)
    at = datetime.combine(day, time(hour, dice.between(0, 59), dice.between(0, 59)))
    return min(at, LAST_MOMENT - timedelta(hours=1))


def _status(dice: Dice, author: str, *, fixed: bool) -> str:
    """A contributor cannot publish: what he has not had published waits for review."""
    if fixed:
        return "publish"
    if author == GUEST:
        return "pending" if dice.chance(0.15) else "publish"
    return _STATUSES.spin(dice)


def _categories(dice: Dice, category: str) -> tuple[str, ...]:
    """Some walks are filed among the pictures too, some of the garden's days among the days."""
    second = "写真" if parent_of(category) == "外を歩く" else "日々"
    return (category, second) if second != category and dice.chance(0.12) else (category,)
