"""Which tables, columns and values a text is about, ranked, and how those tables are joined."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest

from mcp_server.folding import parts_of
from mcp_server.inverted import Inverted, score
from mcp_server.joins import Join, Joins
from mcp_server.results import Cell
from mcp_server.schema import Catalog, Table
from mcp_server.values import ValueHit, Values

Place = tuple[int, int]

MOST_NAMES = 20
MOST_VALUES = 10
MOST_TABLES = 30
MOST_LISTED = 500
_LEAST_SHARE = 0.25
_OF_ITS_TABLE = 0.5
"""How much of its table's score a column gains that fits itself."""
_NEAR = 20
_SHORTLIST = 300
_JOINED = 4


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that fits: a table (no column), a column, or a value of a column."""

    table: str
    column: str | None
    value: Cell
    comment: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best matches; the tables in them and their neighbours; how the first ones are joined."""

    matches: list[Match]
    tables: list[str]
    joins: list[Join]
    left_out: int = 0
    """Tables of a listing that is too long."""


class Names:
    """The names and comments of a catalogue's tables and columns, indexed.

    A name and its comment are texts of their own: to say much in a comment makes no name weaker.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._tables = list(catalog.tables.values())
        self._index = Inverted()
        # The place of each text of the index; column 0 is the table itself.
        self._table_of, self._column_of = array("I"), array("I")
        parts = _Parts()
        # Strings are shared with the catalogue; the shortest texts come first in the index.
        texts = [
            (len(parts.of(text)), at, number, text)
            for at, table in enumerate(self._tables)
            for number in range(len(table.columns) + 1)
            for text in _wording(table, number)
            if text
        ]
        for _, at, number, text in sorted(texts):
            self._index.add(parts.of(text))
            self._table_of.append(at)
            self._column_of.append(number)
        self._of_tables = {text for text, number in enumerate(self._column_of) if number == 0}

    def __contains__(self, part: str) -> bool:
        return part in self._index

    def find(
        self, wanted: Collection[str], misspelt: Collection[str], most: int = MOST_NAMES
    ) -> list[Match]:
        """The best tables and columns; a column gains from a table that fits too."""
        weights = self._index.weights(wanted, misspelt)
        texts = self._index.find(weights)
        shortlist = nlargest(_SHORTLIST, texts, key=lambda text: (texts[text], -text))
        scores = self._best_of(shortlist, texts)
        tables = self._best_of(texts.keys() & self._of_tables, texts)
        near = nlargest(_NEAR, tables, key=lambda place: (tables[place], -place[0]))
        scores |= self._columns_of([at for at, _ in near], weights)
        for at, number in scores:
            if number:
                scores[at, number] += _OF_ITS_TABLE * tables.get((at, 0), 0.0)
        best = nlargest(most, scores, key=lambda place: (scores[place], -place[0], -place[1]))
        return [self._match(*place, round(scores[place], 3)) for place in best]

    def _best_of(self, texts: Iterable[int], scores: Mapping[int, float]) -> dict[Place, float]:
        """The better of name and comment."""
        best: defaultdict[Place, float] = defaultdict(float)
        for text in texts:
            place = self._table_of[text], self._column_of[text]
            best[place] = max(best[place], scores[text])
        return dict(best)

    def _columns_of(
        self, tables: Iterable[int], weights: Mapping[str, float]
    ) -> dict[Place, float]:
        """The columns of these tables that fit by themselves; the index may have had too many."""
        scores = {
            (at, number): max(
                score(parts_of(text), weights) for text in _wording(self._tables[at], number)
            )
            for at in tables
            for number in range(1, len(self._tables[at].columns) + 1)
        }
        return {place: score for place, score in scores.items() if score}

    def _match(self, at: int, number: int, score: float) -> Match:
        table = self._tables[at]
        _, comment = _wording(table, number)
        column = table.columns[number - 1].name if number else None
        return Match(table.name, column, None, comment, score)


def search(text: str, catalog: Catalog, names: Names, joins: Joins, values: Values) -> Found:
    """The best matches, best first; for an empty text the tables in the order of their names."""
    wanted = parts_of(text)
    if not text.strip():
        return _listing(catalog)
    misspelt = {word for word in wanted if word not in names and word not in values}
    hits = values.matching(values.weights(wanted, misspelt), MOST_VALUES)
    found = names.find(wanted, misspelt) + [_of_value(hit, catalog) for hit in hits]
    found.sort(key=lambda match: (-match.score, match.table, match.column or "", str(match.value)))
    matches = [hit for hit in found if hit.score >= found[0].score * _LEAST_SHARE]
    tables = list(dict.fromkeys(match.table for match in matches))
    near = dict.fromkeys(other for table in tables for other in joins.neighbours(table))
    return Found(
        matches,
        list(dict.fromkeys([*tables, *near]))[:MOST_TABLES],
        joins.connecting(tables[:_JOINED]),
    )


def _listing(catalog: Catalog) -> Found:
    tables = list(catalog.tables.values())
    listed = [Match(table.name, None, None, table.comment, 0.0) for table in tables[:MOST_LISTED]]
    return Found(listed, [match.table for match in listed], [], len(tables) - len(listed))


def _of_value(hit: ValueHit, catalog: Catalog) -> Match:
    columns = catalog.tables[hit.table].columns
    comment = next(column.comment for column in columns if column.name == hit.column)
    return Match(hit.table, hit.column, hit.value, comment, hit.score)


def _wording(table: Table, number: int) -> tuple[str, str]:
    """Name and comment of a column, counted from 1, or of the table itself."""
    about = table.columns[number - 1] if number else table
    return about.name, about.comment


class _Parts:
    """The parts of names and comments, each text taken apart once: in a big schema most repeat."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, text: str) -> tuple[str, ...]:
        if text not in self._known:
            self._known[text] = tuple(parts_of(text))
        return self._known[text]
