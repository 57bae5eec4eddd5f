"""Words of a question linked to values that the database stores.

「東京」 means prefectures.name = '東京都', "iphone" the products called so. Only what the question
really says is linked: a value as a whole, a word that values begin with, and, when there is
neither, a word that is a typing error away. A word of the schema itself is no value.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from assistant.folding import fold, katakana, plain
from assistant.nouns import named_tables
from assistant.schema import Schema

MOST = 5
MOST_PLACES = 4
"""A value that stands in more columns than these says not which is meant."""
_ALIKE = 0.84
_WORDS = re.compile(r"[a-z0-9][a-z0-9'&.+-]*[a-z0-9]|[ァ-ヺー]+|[々㐀-鿿]+")
_COMPOUNDS = re.compile(r"[々㐀-鿿]+[ァ-ヺー]+|[ァ-ヺー]+[々㐀-鿿]+")
"""Runs of two scripts that make one word: 抹茶クッキ."""
_LONGEST = 40
_SHARE = 0.4
_HALF = 0.5
"""What a word must make up of a value to stand for it alone; more where its script goes on."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A value and the column that holds it."""

    table: str
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """`word` of the question stands for `values` of each of `places` ("table.column").

    `exact`: the question holds the value as it is stored, but for width, case and kana.
    """

    word: str
    places: tuple[str, ...]
    values: tuple[str, ...]
    exact: bool

    @property
    def hint(self) -> str:
        """ "東京: prefectures.name = '東京都'"; LIKE where several values share the word."""
        where = " or ".join(self.places)
        if len(self.values) == 1:
            return f"{self.word}: {where} = '{_quoted(self.values[0])}'"
        return f"{self.word}: {where} LIKE '%{_quoted(_as_stored(self.word, self.values[0]))}%'"


def link(question: str, schema: Schema, stored: Sequence[StoredValue] = ()) -> tuple[Link, ...]:
    """The links of a question: to the schema's own few values and to `stored` ones found for it."""
    shown = (one for one in stored if schema.table(one.table))
    candidates = list(dict.fromkeys([*_few(schema), *shown]))
    named = _COMMON | set(re.findall(r"[^\W_]+", fold(" ".join(_identifiers(schema)))))
    named |= {fold(table.comment) for table in schema.tables}
    names = plain(" ".join(_namings(schema)))
    said = [one for one in _exact(question, candidates) if fold(one.word) not in named]
    around = _around([one.places[0] for one in said if len(one.places) == 1], schema)
    exact = [
        replace(one, places=tuple(places))
        for one in said
        if (places := _likely(one.places, around, schema))
    ]
    values = [plain(one.word) for one in exact]
    words = [
        word
        for word in (*words_of(question), *_COMPOUNDS.findall(fold(question)))
        if not _names(word, names) and not any(word in value for value in values)
    ]
    candidates = [one for one in candidates if len(one.value) <= _LONGEST]
    about = _about(question, schema)
    held = _longest((*exact, *_grouped(words, candidates, _holds, question, about)))
    linked = [plain(one.word) for one in held]
    rest = [word for word in words if not any(word in one for one in linked) and len(word) > 4]
    return (*held, *_grouped(rest, candidates, _misspells, question, about))[:MOST]


def unused(links: Sequence[Link], sql: str) -> list[Link]:
    """Values that the question says as they are stored, and the statement does not."""
    written = fold(sql)
    return [link for link in links if link.exact and fold(link.word) not in written]


def nearest(literal: str, stored: Iterable[StoredValue]) -> list[str]:
    """Stored values that a literal without rows may have meant, the most alike first."""
    wanted = plain(literal)
    values = dict.fromkeys(one.value for one in stored)

    def likeness(value: str) -> float:
        folded = plain(value)
        return SequenceMatcher(None, wanted, folded).ratio() + (wanted in folded)

    return sorted((v for v in values if likeness(v) > 0.4), key=likeness, reverse=True)[:3]


def _few(schema: Schema) -> Iterator[StoredValue]:
    for table in schema.tables:
        for column in table.columns:
            yield from (StoredValue(table.name, column.name, value) for value in column.values)


def _exact(question: str, candidates: list[StoredValue]) -> Iterator[Link]:
    folded = plain(question)
    hits: dict[str, list[str]] = {}
    for one in candidates:
        if _mentions(folded, plain(one.value)):
            hits.setdefault(one.value, []).append(f"{one.table}.{one.column}")
    for value, places in hits.items():
        if not any(value != other and value in other for other in hits):
            yield Link(value, tuple(places), (value,), exact=True)


def _around(places: Iterable[str], schema: Schema) -> set[str]:
    """The tables of these columns, and all that keys lead to from there, either way."""
    keys = [(table.name, key.table) for table in schema.tables for key in table.foreign_keys]
    near: set[str] = set()
    further = {place.rpartition(".")[0] for place in places}
    while further:
        near |= further
        further = {b for a, b in keys if a in near} | {a for a, b in keys if b in near}
        further -= near
    return near


def _likely(places: Sequence[str], around: set[str], schema: Schema) -> Sequence[str]:
    """Of several places those that can be joined with what else is said; of many, those of names.

    None where too many are left: a hint that may mean anything misleads.
    """
    near = [place for place in places if place.rpartition(".")[0] in around]
    if near:
        places = near
    if len(places) > MOST_PLACES:
        places = [place for place in places if _is_naming(*place.rpartition(".")[::2], schema)]
    return places if len(places) <= MOST_PLACES else ()


def _is_naming(table: str, column: str, schema: Schema) -> bool:
    found = schema.table(table)
    return found is not None and column in found.naming


def _mentions(question: str, value: str) -> bool:
    """Whether the question holds the value; in Latin script as a word of its own."""
    if len(value) < 2 or value.isdigit():
        return False
    if value.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(value)}(?![a-z0-9])", question) is not None
    return value in question


def words_of(question: str) -> list[str]:
    """Words that say what is asked about: runs of one script, neither common nor numbers."""
    found = (katakana(word) for word in _WORDS.findall(fold(question)))
    least = {True: 4, False: 2}
    return [
        word
        for word in dict.fromkeys(found)
        if len(word) >= least[word.isascii()] and not word.isdigit() and word not in _COMMON
    ]


def _names(word: str, names: str) -> bool:
    """Whether the word is one of the schema's own."""
    stem = plain(word).removesuffix("s")
    return re.search(rf"(?<![a-z]){re.escape(stem)}", names) is not None


def _identifiers(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield table.name
        yield from (column.name for column in table.columns)


def _namings(schema: Schema) -> Iterator[str]:
    yield from _identifiers(schema)
    for table in schema.tables:
        yield table.comment
        yield from (column.comment for column in table.columns)


def _about(question: str, schema: Schema) -> set[str]:
    """The tables whose nouns the question says, and those that each row of them points at."""
    named = named_tables(question, schema)
    pointed = (key.table for table in named for key in table.foreign_keys)
    return {*(table.name for table in named), *pointed}


def _longest(links: Sequence[Link]) -> list[Link]:
    """Without those whose word is a part of another's: 抹茶 beside 抹茶クッキ."""
    words = [plain(one.word) for one in links]
    return [
        one
        for one, word in zip(links, words, strict=True)
        if not any(word in other != word for other in words)
    ]


def _grouped(
    words: list[str],
    candidates: list[StoredValue],
    fits: Callable[[str, str], bool],
    question: str,
    about: set[str],
) -> Iterator[Link]:
    """One link a word, to the column where it fits; of many, to one that the question is about."""
    for word in words:
        places: dict[str, list[str]] = {}
        for one in candidates:
            if fits(word, plain(one.value)):
                places.setdefault(f"{one.table}.{one.column}", []).append(one.value)
        if len(places) > 1:
            places = {at: of for at, of in places.items() if at.rpartition(".")[0] in about}
        if len(places) == 1:
            [(place, values)] = places.items()
            if len(values) > 1 or _makes_up(word, plain(values[0])):
                yield Link(_as_stored(word, question), (place,), tuple(values), exact=False)


def _makes_up(word: str, value: str) -> bool:
    """Whether the word stands for the value alone: 東京 for 東京都, 注文 not for 注文間違い."""
    run = _WORDS.match(value)
    goes_on = run is not None and run.end() > len(word)
    return len(word) >= len(value) * (_HALF if goes_on else _SHARE)


def _holds(word: str, value: str) -> bool:
    """Whether the value begins with the word; in Latin script as a word of its own."""
    if not value.startswith(word) or word == value:
        return False
    return not (word.isascii() and value[len(word)].isalnum())


def _misspells(word: str, value: str) -> bool:
    """Whether the value is the word but for a typing error."""
    if word.isascii() != value.isascii() or word[0] != value[:1]:
        return False
    return SequenceMatcher(None, word, value).ratio() >= _ALIKE


def _as_stored(word: str, text: str) -> str:
    """The word as `text` writes it, in its case and width; itself where it is not found."""
    plain = unicodedata.normalize("NFKC", text)
    at = katakana(plain.casefold()).find(word if word else "\0")
    return plain[at : at + len(word)] if at >= 0 else word


def _quoted(value: str) -> str:
    return value.replace("'", "''")


_COMMON_TEXT = """
all also and any are average between common different both but count date day days did does
each ever every for from give had has have highest how its least less list lowest many
maximum mean minimum month months more most much name names never not number once only off
our out over per rank same second show some sum than that the their them there these they
third this those top total twice two three four five under was week were what when where
which who whose why with within without year years
running moving rolling cumulative percent percentage ratio share rate rank difference growth
合計 件数 何件 何人 何個 人数 平均 最大 最小 最高 最低 上位 下位 一番 以上 以下 未満 一覧 割合
毎月 毎年 年別 月別 日別 前年 今年 去年 昨年 先月 今月 全部 全体 種類 順番 金額 教 多 少
"""
_COMMON = frozenset(_COMMON_TEXT.split())
