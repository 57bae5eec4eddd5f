"""How an entry is written: an opening, what happened, and an end."""

from collections.abc import Iterator, Mapping, Sequence

from mcp_server.samples.dice import Dice
from mcp_server.samples.wordpress.happenings import Happening
from mcp_server.samples.wordpress.story import CALLED, FIRST_DAY, GUEST, NOT_YET
from mcp_server.samples.wordpress.texts import lines, texts

_SOME_DAYS = 10
SHORTEST = 150  # characters of an entry, without markup


class Writer:
    """Writes one entry after the other, and no entry twice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._phrases = texts("phrases")
        self._written: set[tuple[str, ...]] = set()
        self._told: set[str] = set()
        self._previous: Happening | None = None
        self._author = ""

    def paragraphs(
        self, happening: Happening, author: str, group: str, fields: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The paragraphs of an entry by `author`; `group` is the category above its own."""
        self._author = author
        while True:
            parts = [tuple(part) for part in self._parts(happening, group, fields)]
            text = tuple("".join(part) for part in parts if part)
            if text not in self._written and sum(map(len, text)) >= SHORTEST:
                self._written.add(text)
                self._previous = happening
                return text

    def _parts(
        self, happening: Happening, group: str, fields: Mapping[str, str]
    ) -> Iterator[Sequence[str]]:
        dice, year = self._dice, str(happening.day.year)
        yield [] if happening.event.on else self._opening(happening)
        yield self._body(happening, fields)
        yield self._aside(happening)
        close = self._lines(happening, "close", group)
        if self._author != GUEST and dice.chance(0.4):
            yield [dice.pick(self._lines(happening, "year", year)), dice.pick(close)]
        else:
            yield [dice.pick(close)]

    def _opening(self, happening: Happening) -> list[str]:
        dice = self._dice
        sky = self._lines(happening, "weather", happening.weather.kind)
        season = self._lines(happening, "month", str(happening.day.month))
        match dice.between(1, 8):
            case 1 | 2:
                return [dice.pick(sky)]
            case 3 | 4:
                return [dice.pick(season)]
            case 5:
                return []
            case _:
                return [dice.pick(sky), dice.pick(season)]

    def _body(self, happening: Happening, fields: Mapping[str, str]) -> list[str]:
        dice, event = self._dice, happening.event
        first, *others = self._sayable(event.said, happening.day.year)
        if event.category == "本":
            return self._book(happening, [first, *others], fields)
        told = first in self._told and dice.chance(0.4)
        self._told.add(first)
        body = [*([] if told else [first]), *_some(dice, others, dice.between(3, 5))]
        if event.measure:
            wordings = self._lines(happening, "measured", event.measure[0])
            body.insert(dice.between(1, len(body)), dice.pick(wordings))
        known = {"気温": str(happening.weather.warmest), **fields}
        return [line.format_map(known) for line in body]

    def _aside(self, happening: Happening) -> list[str]:
        """Now and then, what there was no time to write of some days ago."""
        earlier = self._previous
        if earlier is None or self._author == GUEST or earlier.event.on:
            return []
        if not self._dice.chance(0.4):
            return []
        other = happening.event.category != earlier.event.category != "本"
        if not other or (happening.day - earlier.day).days > _SOME_DAYS:
            return []
        first, *others = self._sayable(earlier.event.said, earlier.day.year)
        plain = [line for line in others if "{" not in line]
        begin = self._dice.pick(lines(self._phrases["aside"]["begin"]))
        return [begin, first, *_some(self._dice, plain, self._dice.between(2, 4))]

    def _book(
        self, happening: Happening, thoughts: list[str], fields: Mapping[str, str]
    ) -> list[str]:
        begin = self._dice.pick(self._lines(happening, "book", "開く"))
        how = _some(self._dice, self._lines(happening, "book", "読む"), 2)
        return [begin.format_map(fields), *how, *thoughts]

    def _lines(self, happening: Happening, kind: str, key: str) -> list[str]:
        return self._sayable(lines(self._phrases[kind][key]), happening.day.year)

    def _sayable(self, said: Sequence[str], year: int) -> list[str]:
        """What this author may say in that year."""
        unsayable = (CALLED[self._author], *(NOT_YET if year == FIRST_DAY.year else ()))
        return [line for line in said if not any(word in line for word in unsayable)]


def _some(dice: Dice, items: Sequence[str], count: int) -> list[str]:
    """So many of the items, in their order."""
    chosen: list[str] = []
    for at, item in enumerate(items):
        if dice.chance((count - len(chosen)) / (len(items) - at)):
            chosen.append(item)
    return chosen
