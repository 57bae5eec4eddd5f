"""The words a person reads, in English and Japanese.

A key is "room.name"; its sentence stands in `<language>/<room>.toml`. Error classes carry
their English sentence themselves; the Japanese one stands in `ja/<package>.toml` under the
class name. A test holds both languages to the same keys and the same slots.
"""

import os
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from assistant.errors import DatabaseToolFailed

Language = Literal["en", "ja"]
_HIRAGANA = re.compile("[ぁ-ん]")
_ENGLISH_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_current: Language | None = None


def set_language(language: Language | None) -> None:
    """Fix the language of this process; None returns to the environment's."""
    global _current  # noqa: PLW0603 - one process talks to one person
    _current = language


def language() -> Language:
    """KOTAE_LANGUAGE, else the locale's language; English unless it is Japanese."""
    if _current:
        return _current
    wish = next(
        (
            v
            for k in ("KOTAE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
            if (v := os.environ.get(k))
        ),
        "",
    )
    return "ja" if wish.lower().startswith("ja") else "en"


def language_of(text: str) -> Language:
    """The language a question is written in: Japanese when it holds kana or kanji.

    A name in kanji among English words makes no Japanese question: orders from 東京.
    """
    english = len(_ENGLISH_WORD.findall(text)) > 1 and not _HIRAGANA.search(text)
    return "ja" if _JAPANESE.search(text) and not english else "en"


@cache
def _sentences(lang: Language, room: str) -> dict[str, str]:
    source = files(__name__).joinpath(lang, f"{room}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}


def t(key: str, lang: Language | None = None, **slots: object) -> str:
    """The sentence for `key`, its slots filled."""
    room, name = key.split(".", 1)
    return _sentences(lang or language(), room)[name].format(**slots)


def has(key: str) -> bool:
    """Whether there is a sentence for `key`."""
    room, name = key.split(".", 1)
    return name in _sentences("en", room)


def describe(error: Exception, lang: Language | None = None) -> str:
    """What to tell a person about an error of one of the packages, in their language."""
    if (lang or language()) == "en":
        return str(error)
    if isinstance(error, DatabaseToolFailed):  # it came over a wire, as a code and its slots
        package, code, slots = "mcp_server", error.code, error.details
    else:
        package, code = type(error).__module__.split(".", 1)[0], type(error).__name__
        slots = getattr(error, "slots", {})
    sentence = _sentences("ja", package).get(code)
    return sentence.format(**slots) if sentence else str(error)
