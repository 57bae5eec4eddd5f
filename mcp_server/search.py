"""Which tables and columns a text is about: names, comments and values, ranked.

Words are compared by their parts: Latin words whole, Japanese by pairs of characters, since
it is written without blanks. A part that many things share counts little.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mcp_server.results import Cell
from mcp_server.sampling import Sampled
from mcp_server.schema import Table

_LATIN = re.compile(r"[a-z]+|[0-9]+")
_JAPANESE = re.compile(r"[々〆〇ぁ-ヿ㐀-鿿]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SHORTEST_PLURAL = 4
_LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that fits: a table (no column), a column, or a value of a column."""

    table: str
    column: str | None
    value: Cell
    comment: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    match: Match
    parts: frozenset[str]


def search(text: str, samples: Sequence[Sampled], most: int = 20) -> list[Match]:
    """The best matches, best first; for an empty text every table in the order given."""
    wanted = parts_of(text)
    if not wanted:
        return [_table_match(sampled.table) for sampled in samples]
    entries = [entry for sampled in samples for entry in _entries(sampled)]
    spread = Counter(part for entry in entries for part in entry.parts)
    weights = {part: math.log(1 + len(entries) / spread[part]) for part in wanted & spread.keys()}
    scored = [_scored(entry, weights) for entry in entries if entry.parts & weights.keys()]
    scored.sort(key=lambda match: (-match.score, match.table, match.column or "", str(match.value)))
    return [match for match in scored[:most] if match.score >= scored[0].score * _LEAST_SHARE]


def parts_of(text: str) -> frozenset[str]:
    """Latin words and numbers, singular; pairs of Japanese characters."""
    plain = unicodedata.normalize("NFKC", _CAMEL.sub(" ", text)).lower()
    parts = {_singular(word) for word in _LATIN.findall(plain)}
    for run in _JAPANESE.findall(plain):
        parts.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return frozenset(parts)


def tables_for(matches: Iterable[Match], samples: Sequence[Sampled]) -> list[str]:
    """The tables that matched, in that order, then those one foreign key away."""
    found = list(dict.fromkeys(match.table for match in matches))
    near = [
        other
        for sampled in samples
        for key in sampled.table.foreign_keys
        for table, other in ((sampled.table.name, key.table), (key.table, sampled.table.name))
        if table in found
    ]
    return list(dict.fromkeys([*found, *near]))


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) >= _SHORTEST_PLURAL else word


def _table_match(table: Table) -> Match:
    return Match(table.name, None, None, table.comment, 0.0)


def _entries(sampled: Sampled) -> Iterable[_Entry]:
    table = sampled.table
    yield _Entry(_table_match(table), parts_of(f"{table.name} {table.comment}"))
    for column in table.columns:
        match = Match(table.name, column.name, None, column.comment, 0.0)
        yield _Entry(match, parts_of(f"{column.name} {column.comment}"))
        for value in sampled.values.get(column.name, ()):
            found = Match(table.name, column.name, value, column.comment, 0.0)
            yield _Entry(found, parts_of(str(value)))


def _scored(entry: _Entry, weights: dict[str, float]) -> Match:
    """The weight of the parts in common, less for a thing that says much besides."""
    common = sum(weights[part] for part in entry.parts & weights.keys())
    score = round(common / math.sqrt(len(entry.parts)), 3)
    match = entry.match
    return Match(match.table, match.column, match.value, match.comment, score)
