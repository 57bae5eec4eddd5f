"""One form for the ways in which a word is written: width, case, kana."""

import unicodedata

_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold(text: str) -> str:
    """One form for full and half width, and for case."""
    return unicodedata.normalize("NFKC", text).casefold()


def plain(text: str) -> str:
    """As `fold`, and one form for both kana."""
    return katakana(fold(text))


def katakana(text: str) -> str:
    """Hiragana as katakana."""
    return text.translate(_KATAKANA)
