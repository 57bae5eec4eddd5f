"""Numbers of a text verified against rows: a sentence with one that they do not hold is cut.

Rounding, 万 and 億, thousands and millions, shares in % and dates are understood; a number counts
as held when it is one of the figures, rounded to the digits that the text gives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {
    "千": 10**3, "万": 10**4, "億": 10**8, "兆": 10**12,
    "thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9, "bn": 10**9,
}  # fmt: skip
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_NUMBER = re.compile(
    rf"({_DIGITS}\s*[千万億兆](?:\s*{_DIGITS}\s*[千万億兆]?)*)"
    rf"|({_DIGITS})\s*(thousand|million|billion|bn|k|m)\b"
    rf"|({_DIGITS})",
    re.IGNORECASE,
)
_PART = re.compile(rf"({_DIGITS})\s*([千万億兆]?)")
_PERCENT = re.compile(r"\s*(?:%|％|パーセント|percent)")
_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+")
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_OTHER_WORDS = re.compile(
    r"[〇一二三四五六七八九十百千万億兆]{2,}|\b(?:\w+teen|\w+ty|hundreds?|dozens?|half|twice|double)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a text may state, without signs; `percents` only before a %."""

    numbers: frozenset[Decimal]
    percents: frozenset[Decimal] = frozenset()
    names: frozenset[str] = frozenset()


def verified(text: str, held: Held, said: str) -> tuple[str, int]:
    """The sentences whose numbers are held or in `said`, and how many others were cut.

    Digits within a name stand for nothing: "SSD V21".
    """
    sentences = [one for one in _SENTENCE.split(text.strip()) if one.strip()]
    kept = [one for one in sentences if _holds(one, held, said)]
    joint = "" if re.search(r"[。！？]\s*$", text) else " "
    return joint.join(one.strip() for one in kept), len(sentences) - len(kept)


def _holds(sentence: str, held: Held, said: str) -> bool:
    for name in sorted(held.names, key=len, reverse=True):
        sentence = sentence.replace(name, " ")
    known = held.numbers | {value for value, _, _ in _stated(said)}
    if any(word.lower() not in said.lower() for word in _OTHER_WORDS.findall(sentence)):
        return False
    words = (Decimal(_WORDS.index(word.lower()) + 2) for word in _WORD.findall(sentence))
    return all(word in known for word in words) and all(
        any(
            abs(figure - value) <= step / 2
            for figure in (_shares(known, held) if percent else known)
        )
        for value, step, percent in _stated(sentence)
    )


def _shares(known: frozenset[Decimal], held: Held) -> frozenset[Decimal]:
    """What may stand before a %: a share of 1 as one of 100 too."""
    return known | held.percents | {number * 100 for number in known if number <= 1}


def _stated(text: str) -> Iterator[tuple[Decimal, Decimal, bool]]:
    """(value, the step that its last digit counts, whether % follows) of each number."""
    for match in _NUMBER.finditer(text):
        percent = _PERCENT.match(text, match.end()) is not None
        if match[1]:
            yield *_japanese(match[1]), percent
        else:
            scale = _SCALES[match[3].lower()] if match[3] else 1
            yield *_scaled(match[2] or match[4], scale), percent


def _japanese(text: str) -> tuple[Decimal, Decimal]:
    """1億2,345万 is a sum, as exact as its last part."""
    parts = [_scaled(digits, _SCALES.get(unit, 1)) for digits, unit in _PART.findall(text)]
    return sum((value for value, _ in parts), Decimal(0)), parts[-1][1]


def _scaled(digits: str, scale: int) -> tuple[Decimal, Decimal]:
    number = Decimal(digits.replace(",", ""))
    return number * scale, Decimal(1).scaleb(int(number.as_tuple().exponent)) * scale
