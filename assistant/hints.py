"""What code finds in a question before the model sees it: stored values, and periods as dates.

Only real hits are told: a hint that fits nothing in the question misleads a small model.
"""

import calendar
import re
import unicodedata

from assistant.schema import Schema

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
_YEAR_MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:年\s*|[-/])(1[0-2]|0?[1-9])(?:月|(?![\d/月-]))"
)
_MONTH_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)})\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?!\s*年?度)")


def hints(question: str, schema: Schema) -> list[str]:
    """One short line a hit: "個人: customers.kind = '個人'", "2025: BETWEEN '2025-01-01' AND …"."""
    return [*_values(question, schema), *_periods(question)]


def unused_years(question: str, sql: str) -> list[str]:
    """Years that the question names and the statement does not."""
    return [year for year in dict.fromkeys(_YEAR.findall(fold(question))) if year not in sql]


def fold(text: str) -> str:
    """One form for full and half width, and for case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _values(question: str, schema: Schema) -> list[str]:
    folded = fold(question)
    hits: dict[str, list[str]] = {}
    for table in schema.tables:
        for column in table.columns:
            for value in filter(lambda v: _mentions(folded, fold(v)), column.values):
                hits.setdefault(value, []).append(f"{table.name}.{column.name}")
    longest = [v for v in hits if not any(v != other and v in other for other in hits)]
    return [f"{value}: {' or '.join(hits[value])} = '{value}'" for value in longest]


def _mentions(question: str, value: str) -> bool:
    """Whether the question holds the value; in Latin script as a word of its own."""
    if len(value) < 2 or value.isdigit():
        return False
    if value.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(value)}(?![a-z0-9])", question) is not None
    return value in question


def _periods(question: str) -> list[str]:
    folded = fold(question)
    months = [(int(y), int(m)) for y, m in _YEAR_MONTH.findall(folded)]
    months += [(int(y), _MONTHS[m]) for m, y in _MONTH_YEAR.findall(folded)]
    if months:
        return [_between(f"{y}-{m:02}", y, m, m) for y, m in dict.fromkeys(months)]
    return [_between(y, int(y), 1, 12) for y in dict.fromkeys(_YEAR.findall(folded))]


def _between(name: str, year: int, first: int, last: int) -> str:
    end = calendar.monthrange(year, last)[1]
    return f"{name}: BETWEEN '{year}-{first:02}-01' AND '{year}-{last:02}-{end}'"
