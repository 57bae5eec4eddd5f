"""An inverted index of short texts: which of them share parts with a question, and how much."""

import difflib
import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

_COMMON = 10_000
"""A part of more texts than this brings in nothing new beside a rarer one."""
_SHORTEST_SHORTENED = 4
_SHORTEST_MISSPELT = 5
_COMPARED = 30
_LIKE = 0.75
_BEGINS = 0.8


class Inverted:
    """Texts are numbers here, in the order in which they were added.

    Where a part is in very many texts, those that were added first win: add short texts first.
    """

    def __init__(self) -> None:
        self._texts: dict[str, array[int]] = {}
        self._lengths = array("H")
        self._spelling = _Spelling()

    def __contains__(self, part: str) -> bool:
        return part in self._texts

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, parts: Collection[str]) -> int:
        """Add a text; its number."""
        number = len(self._lengths)
        self._lengths.append(min(len(parts), 0xFFFF))
        for part in parts:
            if part not in self._texts:
                self._texts[part] = array("I")
                self._spelling.add(part)
            self._texts[part].append(number)
        return number

    def weights(self, wanted: Iterable[str], misspelt: Collection[str]) -> dict[str, float]:
        """The parts of a question that occur here: 1 for the rarest, towards 0 for the common.

        Those of `misspelt` count as the nearest words that are known, and less.
        """
        likeness = {part: 1.0 for part in wanted if part in self}
        for word in misspelt:
            likeness |= self._spelling.nearest(word)
        return {part: like * self._rarity(part) for part, like in likeness.items()}

    def _rarity(self, part: str) -> float:
        total = len(self)
        return math.log1p(total / len(self._texts[part])) / math.log1p(total)

    def find(self, weights: Mapping[str, float]) -> dict[int, float]:
        """The texts with any of these parts, and the score of each."""
        scores: defaultdict[int, float] = defaultdict(float)
        for part in sorted(weights, key=lambda part: (len(self._texts[part]), part)):
            texts: Iterable[int] = self._texts[part]
            if len(self._texts[part]) > _COMMON:
                texts = scores.keys() & set(texts) if scores else self._texts[part][:_COMMON]
            for number in texts:
                scores[number] += weights[part]
        return {
            number: score / math.sqrt(self._lengths[number]) for number, score in scores.items()
        }


def score(parts: Collection[str], weights: Mapping[str, float]) -> float:
    """The score of a text outside an index: the parts in common, less if it says much besides."""
    common = sum(weights[part] for part in parts if part in weights)
    return common / math.sqrt(len(parts)) if common else 0.0


class _Spelling:
    """Words by pairs of letters, to find those nearest to a misspelt or shortened one."""

    def __init__(self) -> None:
        self._words: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, word: str) -> None:
        if len(word) >= _SHORTEST_SHORTENED and word.isalpha():
            for pair in _pairs(word):
                self._words[pair].append(word)

    def nearest(self, word: str) -> dict[str, float]:
        """Known words like this one, and how like: 1 is the same."""
        if len(word) < _SHORTEST_SHORTENED or not word.isalpha():
            return {}
        shared: Counter[str] = Counter()
        for pair in _pairs(word):
            shared.update(self._words.get(pair, ()))
        likely = sorted(shared, key=lambda other: (-shared[other] / len(other), other))
        found = {other: _likeness(word, other) for other in likely[:_COMPARED]}
        return {other: like for other, like in found.items() if like >= _LIKE}


def _pairs(word: str) -> set[str]:
    padded = "^" + word
    return {padded[at : at + 2] for at in range(len(word))}


def _likeness(word: str, other: str) -> float:
    short, long = sorted((word, other), key=len)
    begins = _BEGINS if long.startswith(short) else 0.0
    if len(short) < _SHORTEST_MISSPELT:
        return begins
    return max(begins, difflib.SequenceMatcher(None, word, other).ratio())
