"""Numbers in an answer that nobody counted, found without the product's own code.

A number is accounted for when it stands in the question, or in the rows: as it is, rounded, as a
percentage, in 万 or 億, as a part of a date, or as the number of rows.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_UNITS = {"万": 1e4, "億": 1e8, "兆": 1e12, "千": 1e3, "thousand": 1e3, "million": 1e6, "k": 1e3}


def invented(text: str, question: str, rows: Sequence[Sequence[object]]) -> list[str]:
    """The numbers of `text` that neither the question nor the rows hold."""
    plain = unicodedata.normalize("NFKC", text)
    known = set(_values(unicodedata.normalize("NFKC", question)))
    known.update((float(len(rows)), float(len(rows[0]) if rows else 0)))
    for row in rows:
        for cell in row:
            known.update(_values(str(cell)))
    return [match[0] for match in _NUMBER.finditer(plain) if not _held(match, plain, known)]


def _held(match: re.Match[str], text: str, known: set[float]) -> bool:
    written = match[0].rstrip(",").replace(",", "")
    unit = next((u for u in _UNITS if text[match.end() :].lstrip().lower().startswith(u)), "")
    stated = float(written) * _UNITS.get(unit, 1.0)
    decimals = len(written.partition(".")[2])
    step = 0.5 * 10**-decimals * _UNITS.get(unit, 1.0) + 1e-9
    return any(abs(stated - value * scale) <= step for value in known for scale in (1, 100))


def _values(text: str) -> Iterator[float]:
    """Every number in the text; digits that a date joins count each for itself."""
    for match in _NUMBER.finditer(text):
        yield float(match[0].rstrip(",").replace(",", ""))
