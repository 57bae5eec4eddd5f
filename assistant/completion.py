"""Names of the schema and stored values that the word before the caret may become."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.folding import fold
from assistant.linking import StoredValue
from assistant.schema import Schema, SchemaColumn, Table

MOST = 6
_LONGEST = 40
_WORD = re.compile(r"(?:[A-Za-z0-9_.]{2,}|[ァ-ヺー]{2,}|[々㐀-鿿]+)$")
_LABEL = re.compile(r"[^。、,(（:：;；\n]+")
_PART = re.compile(r"[_.\s]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` goes into the line; `place` says where it comes from ("orders.amount")."""

    text: str
    kind: Literal["table", "column", "value"]
    place: str


@dataclass(frozen=True, slots=True)
class Word:
    """The word before the caret, from `start` on."""

    start: int
    text: str


def word_before(line: str, caret: int) -> Word | None:
    """What is being typed: a run of Latin letters, of katakana or of kanji; None between words."""
    found = _WORD.search(line, 0, caret)
    return Word(found.start(), found[0]) if found else None


class Names:
    """The names, labels and few values of a schema; found by their beginnings, or by that of a
    part ("amount" of total_amount), however many there are."""

    def __init__(self, schema: Schema) -> None:
        entries = {key: None for one in _named(schema) for key in _keys(one)}
        self._entries = sorted(entries, key=lambda entry: entry[0])
        self._keys = [key for key, _ in self._entries]

    def matching(self, word: str) -> list[Suggestion]:
        """At most MOST, whole names before parts of names, tables before columns and values."""
        wanted = fold(word)
        at = bisect_left(self._keys, wanted)
        found: dict[str, Suggestion] = {}
        for key, one in self._entries[at : at + 20 * MOST]:
            if not key.startswith(wanted):
                break
            if fold(one.text) != wanted:
                found.setdefault(one.text, one)
        return sorted(found.values(), key=lambda one: _rank(one, wanted))[:MOST]


def values_matching(word: str, stored: Iterable[StoredValue]) -> list[Suggestion]:
    """Of values that the database found, those that hold the word and are more than it."""
    wanted = fold(word)
    held = (v for v in stored if len(v.value) <= _LONGEST and wanted in fold(v.value) != wanted)
    found = [Suggestion(v.value, "value", f"{v.table}.{v.column}") for v in held]
    return sorted(found, key=lambda one: _rank(one, wanted))[:MOST]


def _named(schema: Schema) -> Iterator[Suggestion]:
    for table in schema.tables:
        yield from _of_table(table)
        for column in table.columns:
            yield from _of_column(table, column)


def _of_table(table: Table) -> Iterator[Suggestion]:
    yield Suggestion(table.name, "table", table.name)
    if label := _label(table.comment):
        yield Suggestion(label, "table", table.name)


def _of_column(table: Table, column: SchemaColumn) -> Iterator[Suggestion]:
    place = f"{table.name}.{column.name}"
    yield Suggestion(column.name, "column", place)
    if label := _label(column.comment):
        yield Suggestion(label, "column", place)
    for value in column.values:
        if len(value) <= _LONGEST and not value.isdecimal():
            yield Suggestion(value, "value", place)


def _keys(one: Suggestion) -> Iterator[tuple[str, Suggestion]]:
    whole = fold(one.text)
    yield whole, one
    if one.kind != "value":
        for part in _PART.finditer(whole):
            yield whole[part.end() :], one


def _label(comment: str) -> str:
    """The head of a comment, when it is short enough to be a name."""
    head = _LABEL.match(comment.strip())
    return head[0].strip() if head and len(head[0].strip()) <= _LONGEST // 2 else ""


def _rank(one: Suggestion, wanted: str) -> tuple[bool, int, int, str]:
    kinds = ("table", "column", "value")
    return (not fold(one.text).startswith(wanted), kinds.index(one.kind), len(one.text), one.text)
