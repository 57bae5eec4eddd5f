"""Refusals that deny what the schema has: "no data on GPA" where students have a gpa."""

import re

from assistant.folding import plain
from assistant.linking import words_of
from assistant.schema import Schema

_DENIED = re.compile(
    r"\bno (?:data|information|records?) (?:on|about|for|of) (?P<en>[^.]+)"
    r"|^(?P<ja>.+?)(?:について|に関する|の|を示す)?(?:データ|情報|記録)[はが]",
    re.IGNORECASE,
)
_PRICES = {"price", "cost", "fee"}
"""What one schema calls a price another calls a cost."""


def denied(reason: str, schema: Schema) -> list[str]:
    """Tables and columns that are all that the reason says is missing; none where more is."""
    found = _DENIED.search(reason)
    words = _words(next(filter(None, found.groups()))) if found else []
    places = [_place(word, schema) for word in words]
    return list(dict.fromkeys(filter(None, places))) if all(places) else []


def _words(text: str) -> list[str]:
    short = [word for word in re.findall(r"[A-Za-z]{2,3}", text) if word.isupper()]
    return [*words_of(text), *(word.lower() for word in short)]


def _place(word: str, schema: Schema) -> str | None:
    """Where the word is a name or a comment, as "students.gpa"."""
    for table in schema.tables:
        if _is_called(word, table.name, table.comment):
            return table.name
        for column in table.columns:
            if _is_called(word, column.name, column.comment):
                return f"{table.name}.{column.name}"
    return None


def _is_called(word: str, name: str, comment: str) -> bool:
    parts = {part.removesuffix("s") for part in name.lower().split("_")} | {name.lower()}
    words = {word.removesuffix("s")}
    words |= _PRICES if words & _PRICES else set()
    return bool(words & parts) or word == plain(comment)
