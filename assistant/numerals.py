"""Small numbers as a question writes them: 3, three, 三."""

import re

_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WORDS = {word: number for number, word in enumerate(_WORDS, 2)}
"""two … ten"""
_KANJI = dict(enumerate("二三四五六七八九十", 2))


def said(number: int, question: str) -> bool:
    """Whether the folded question says the number, in digits, as a word or as a sign."""
    words = "|".join(word for word, meant in WORDS.items() if meant == number) or "(?!)"
    sign = _KANJI.get(number, "(?!)")
    digits = rf"(?<![\d.,]){number}(?![\d,]*\d)"
    return re.search(rf"{digits}|\b(?:{words})\b|{sign}", question) is not None
