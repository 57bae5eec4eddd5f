"""What code finds in a question before the model sees it: stored values, and periods as dates.

Only real hits are told: a hint that fits nothing in the question misleads a small model.
"""

import re
import unicodedata
from collections.abc import Sequence

from assistant.dates import Period
from assistant.schema import Schema


def hints(question: str, schema: Schema, periods: Sequence[Period] = ()) -> list[str]:
    """One short line a hit: "個人: customers.kind = '個人'", "2025: BETWEEN '2025-01-01' AND …"."""
    return [*_values(question, schema), *(f"{p.name}: {p.condition}" for p in periods)]


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
