"""Periods that a question names, resolved from today's date and the fiscal calendar.

「先月」, "last quarter", 今年度, "since 2024": each becomes the condition that a statement needs,
so that no model has to reckon with dates. Longer expressions are read before shorter
ones, and what is read once is not read again.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Relation = Literal["in", "from", "until", "before", "after"]
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Today:
    """What relative dates count from; `fiscal` is the month that the fiscal year starts with."""

    day: date
    fiscal: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both inclusive, as the question calls it."""

    name: str
    first: date
    last: date
    relation: Relation = "in"

    @property
    def condition(self) -> str:
        """What a date column has to fulfil: "BETWEEN '2025-01-01' AND '2025-12-31'"."""
        return {
            "in": f"BETWEEN '{self.first}' AND '{self.last}'",
            "from": f">= '{self.first}'",
            "until": f"<= '{self.last}'",
            "before": f"< '{self.first}'",
            "after": f"> '{self.last}'",
        }[self.relation]

    @property
    def years(self) -> set[str]:
        """Years of which a statement about this period names at least one."""
        return {str(self.first.year), str(self.last.year), str(self.last.year + 1)}


@dataclass(frozen=True, slots=True)
class Found:
    """`open`: the question counts from today in words that were not resolved."""

    periods: tuple[Period, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    period: Period


def find_periods(question: str, today: Today) -> Found:
    """All periods of the question, in its order, and whether it needs today's date besides."""
    text = unicodedata.normalize("NFKC", question).casefold()
    rest, hits = text, list[_Hit]()
    compares = _COMPARES.search(text) is not None
    for pattern, resolve in _PATTERNS:
        for match in pattern.finditer(rest):
            start, end = match.span()
            rest = rest[:start] + "\0" * (end - start) + rest[end:]
            if compares and _BEFORE_ANOTHER.search(match[0]):
                continue
            if span := _resolved(resolve, match, today):
                hits.append(_Hit(start, end, Period(match[0].strip(), *span)))
    hits.sort(key=lambda hit: hit.start)
    periods = [_related(hit, text) for hit in _merged(hits, text)]
    once = {period.condition: period for period in periods}
    return Found(tuple(once.values()), _COUNTS_FROM_TODAY.search(rest) is not None)


def ignored(periods: tuple[Period, ...], sql: str) -> tuple[Period, ...]:
    """Periods of the question that the statement has nothing of."""
    if _CLOCK.search(sql):
        return ()
    return tuple(p for p in periods if not any(year in sql for year in p.years))


def _resolved(
    resolve: Callable[[re.Match[str], Today], Span], match: re.Match[str], today: Today
) -> Span | None:
    try:
        return resolve(match, today)
    except (ValueError, OverflowError):  # no 30 February, no year 0, a number that is no year
        return None


def _merged(hits: list[_Hit], text: str) -> Iterator[_Hit]:
    """2023年から2025年 is one period, from the first's start to the second's end."""
    waiting = list(hits)
    while waiting:
        hit = waiting.pop(0)
        if waiting and _joined(text, hit, waiting[0]):
            last = waiting.pop(0)
            name = text[hit.start : last.end]
            yield _Hit(hit.start, last.end, Period(name, hit.period.first, last.period.last))
        else:
            yield hit


def _joined(text: str, one: _Hit, other: _Hit) -> bool:
    between = text[one.end : other.start].strip()
    if one.period.first > other.period.last:
        return False
    if between == "and":
        return text[: one.start].rstrip().endswith("between")
    return re.fullmatch(r"から|~|-|–|—|to|through|until|till", between) is not None


def _related(hit: _Hit, text: str) -> Period:
    before, after = text[: hit.start].rstrip(), text[hit.end :].lstrip()
    for relation, ahead, behind in _RELATIONS:
        if re.search(ahead, before) or re.match(behind, after):
            return replace(hit.period, relation=relation)
    return hit.period


_RELATIONS: tuple[tuple[Relation, str, str], ...] = (
    ("from", r"\b(?:since|from|starting)(?: in)?$", r"以降|以後|から(?!見)"),
    ("until", r"\b(?:until|till|up to)$", r"以前|まで"),
    ("before", r"\b(?:before|prior to)$", r"より前|の前(?!年|月|の)"),
    ("after", r"\bafter$", r"より後|の後"),
)


def _month(year: int, month: int, months: int = 1) -> Span:
    """`months` whole months from this one; months count on beyond 12 and below 1."""
    first = _shifted(year, month)
    return first, _shifted(first.year, first.month + months) - timedelta(days=1)


def _shifted(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _year(year: int) -> Span:
    return _month(year, 1, 12)


def _fiscal(year: int, today: Today) -> Span:
    return _month(year, today.fiscal, 12)


def _this_fiscal(today: Today) -> int:
    return today.day.year - (today.day.month < today.fiscal)


def _quarter(today: Today, back: int) -> Span:
    """A quarter of the fiscal year before today's."""
    within = (today.day.month - today.fiscal) % 3
    return _month(today.day.year, today.day.month - within - 3 * back, 3)


def _week(today: Today, back: int) -> Span:
    monday = today.day - timedelta(days=today.day.weekday() + 7 * back)
    return monday, monday + timedelta(days=6)


def _day(today: Today, back: int) -> Span:
    return (today.day - timedelta(days=back),) * 2


def _last(count: int, unit: str, today: Today) -> Span:
    """The days, weeks, months or years up to today."""
    day = today.day
    match unit[0]:
        case "d" | "日":
            start = day - timedelta(days=count)
        case "w" | "週":
            start = day - timedelta(weeks=count)
        case "y" | "年":
            start = _same_day(day, 12 * count)
        case _:
            start = _same_day(day, count)
    return start, day


def _same_day(day: date, months: int) -> date:
    first = _shifted(day.year, day.month - months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def _year_number(match: re.Match[str]) -> int:
    """The number, unless it counts something: 2000円, over 2000. Raises: ValueError."""
    text = match.string
    if "年" not in match[0] and (
        _COUNTS_BEFORE.search(text[: match.start()]) or _COUNTS_AFTER.match(text[match.end() :])
    ):
        raise ValueError
    return int(match[1])


_COUNTS_BEFORE = re.compile(
    r"(?:\bthan|over|above|exceed\w*|at least|at most|[<>=#$¥.,]|\bid|no\.)\s*$"
)
_COUNTS_AFTER = re.compile(
    r"[.,]\d|\s*(?:円|件|個|人|名|点|万|千|以上|以下|未満|%|yen|jpy|usd|dollars?|points?|units?|people"
    r"|customers?|orders?|rows?|items?)"
)
_CLOCK = re.compile(
    r"\b(?:now|curdate|current_date|current_timestamp|sysdate|localtime)\b|'now'", re.I
)

_COMPARES = re.compile(
    r"\b(?:compar\w*|change|growth|versus|vs|each|every)\b|[比増減推移伸]|[年月]別|毎[年月]"
)
_BEFORE_ANOTHER = re.compile(r"^(?:previous|prior)\b|^前(?!年度)")
"""In a comparison not the one before today's: "growth over the previous month"."""

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
_NAMES = "|".join(_MONTHS)
_Y = r"(?<![\d-])((?:19|20)\d\d)"

_TABLE: tuple[tuple[str, Callable[[re.Match[str], Today], Span]], ...] = (
    (rf"{_Y}(?:年|[-/])\s*(1[0-2]|0?[1-9])(?:月|[-/])\s*([12]\d|3[01]|0?[1-9])(?:日|(?![\d-]))",
     lambda m, _: (date(int(m[1]), int(m[2]), int(m[3])),) * 2),
    (rf"\b({_NAMES})\s+(\d\d?)(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b",
     lambda m, _: (date(int(m[3]), _MONTHS[m[1]], int(m[2])),) * 2),
    (rf"{_Y}\s*年度\s*の?\s*第?\s*([1-4])\s*(?:四半期|q)",
     lambda m, t: _month(int(m[1]), t.fiscal + 3 * (int(m[2]) - 1), 3)),
    (rf"{_Y}\s*年度\s*の?\s*(上|下)(?:半期|期)",
     lambda m, t: _month(int(m[1]), t.fiscal + 6 * (m[2] == "下"), 6)),
    (rf"{_Y}\s*年?\s*の?\s*(?:第?\s*([1-4])\s*四半期|q([1-4])\b)",
     lambda m, _: _month(int(m[1]), 3 * int(m[2] or m[3]) - 2, 3)),
    (r"\bq([1-4])\s*(?:of\s+)?((?:19|20)\d\d)\b",
     lambda m, _: _month(int(m[2]), 3 * int(m[1]) - 2, 3)),
    (rf"{_Y}\s*年\s*の?\s*(上|下)半期", lambda m, _: _month(int(m[1]), 1 + 6 * (m[2] == "下"), 6)),
    (rf"{_Y}\s*(?:年\s*|[-/])(1[0-2]|0?[1-9])(?:月|(?![\d/月-]))",
     lambda m, _: _month(int(m[1]), int(m[2]))),
    (rf"\b({_NAMES}),?\s+(?:of\s+)?((?:19|20)\d\d)\b",
     lambda m, _: _month(int(m[2]), _MONTHS[m[1]])),
    (rf"{_Y}\s*年度", lambda m, t: _fiscal(int(m[1]), t)),
    (r"\b(?:fy|(?:fiscal|financial) year)\s*((?:19|20)\d\d)\b", lambda m, t: _fiscal(int(m[1]), t)),
    (rf"{_Y}(?!\d)(?:\s*年(?!前|間|以内))?", lambda m, _: _year(_year_number(m))),
    (r"[昨前]年度|前期|\b(?:last|previous|prior) (?:fiscal|financial) year\b",
     lambda _, t: _fiscal(_this_fiscal(t) - 1, t)),
    (r"来年度|来期|\bnext (?:fiscal|financial) year\b",
     lambda _, t: _fiscal(_this_fiscal(t) + 1, t)),
    (r"[今本当]年度|[今当]期|\b(?:this|the current) (?:fiscal|financial) year\b",
     lambda _, t: _fiscal(_this_fiscal(t), t)),
    (r"[前先]四半期|\b(?:last|previous|prior) quarter\b", lambda _, t: _quarter(t, 1)),
    (r"[来次]四半期|\bnext quarter\b", lambda _, t: _quarter(t, -1)),
    (r"[今当]四半期|\b(?:this|the current) quarter\b", lambda _, t: _quarter(t, 0)),
    (r"(?:直近|過去|最近|ここ)(?:の)?(\d+)\s*(日|週|(?:か|ヶ|カ|ヵ|箇|ケ)月|年)間?",
     lambda m, t: _last(int(m[1]), m[2], t)),
    (r"\b(?:last|past|previous)\s+(\d+)\s+(day|week|month|year)s?\b",
     lambda m, t: _last(int(m[1]), m[2], t)),
    (r"先々月|\bthe month before last\b", lambda _, t: _month(t.day.year, t.day.month - 2)),
    (r"先月|前月|\b(?:last|previous) month\b",
     lambda _, t: _month(t.day.year, t.day.month - 1)),
    (r"来月|\bnext month\b", lambda _, t: _month(t.day.year, t.day.month + 1)),
    (r"今月|当月|\b(?:this|the current) month\b", lambda _, t: _month(t.day.year, t.day.month)),
    (r"一昨年|おととし|\bthe year before last\b", lambda _, t: _year(t.day.year - 2)),
    (r"[昨去]年|前年|\b(?:last|previous) year\b", lambda _, t: _year(t.day.year - 1)),
    (r"来年|\bnext year\b", lambda _, t: _year(t.day.year + 1)),
    (r"今年|本年|\b(?:this|the current) year\b", lambda _, t: _year(t.day.year)),
    (r"先週|\blast week\b", lambda _, t: _week(t, 1)),
    (r"来週|\bnext week\b", lambda _, t: _week(t, -1)),
    (r"今週|\bthis week\b", lambda _, t: _week(t, 0)),
    (r"一昨日|おととい", lambda _, t: _day(t, 2)),
    (r"昨日|\byesterday\b", lambda _, t: _day(t, 1)),
    (r"明日|\btomorrow\b", lambda _, t: _day(t, -1)),
    (r"今日|本日|\btoday\b", lambda _, t: _day(t, 0)),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern), resolve) for pattern, resolve in _TABLE]
_COUNTS_FROM_TODAY = re.compile(
    r"明日|来[週月年期]|直近|最近|以内|[年月週日]間?前"
    r"|\b(?:tomorrow|tonight|recent(?:ly)?|ago|so far|to date"
    r"|(?:this|last|past|next|previous)\s+(?:\w+\s+)?(?:days?|weeks?|months?|quarters?|years?))\b"
)
