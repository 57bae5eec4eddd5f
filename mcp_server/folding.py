"""One form for what people write in several ways, and the parts by which texts are compared.

Words in a script with blanks are compared whole; Japanese, written without blanks, by pairs of
characters. Full and half width, hiragana and katakana, case, accents and plurals are one.
"""

import re
import unicodedata

_KANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_ACCENTED = re.compile(r"[À-ɏ]")
_ACCENT = re.compile(r"[\u0300-\u036f]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_JAPANESE = "々〆〇ぁ-ヿ㐀-鿿豈-\ufaff"
_RUN = re.compile(rf"([{_JAPANESE}]+)|([0-9]+|(?:(?![{_JAPANESE}])[^\W\d_])+)")
_SHORTEST_PLURAL = 4


def fold(text: str) -> str:
    """The form in which two ways to write the same are equal."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain.isascii():
        return plain
    if _ACCENTED.search(plain):
        bare = _ACCENT.sub("", unicodedata.normalize("NFKD", plain))
        plain = unicodedata.normalize("NFKC", bare)
    return plain.translate(_KANA)


def parts_of(text: str) -> frozenset[str]:
    """Words and numbers, singular; pairs of Japanese characters; all folded."""
    parts: set[str] = set()
    for japanese, word in _RUN.findall(fold(_CAMEL.sub(" ", text))):
        if word:
            parts.add(_singular(word))
        else:
            parts.update(japanese[at : at + 2] for at in range(max(1, len(japanese) - 1)))
    return frozenset(parts)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) >= _SHORTEST_PLURAL else word
