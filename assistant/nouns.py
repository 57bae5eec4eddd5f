"""What the rows of a table are called in a question, in either language.

In English as the table, one or several; in Japanese as its comment, or by the everyday noun for
its English name, for most schemas have no comments.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from assistant.folding import fold
from assistant.schema import Schema, SchemaColumn, Table

NEVER = "(?!)"
"""A pattern that fits nothing."""


_ENDINGS = (
    ("(?<=[cs]h)(?:es)?|(?<=ss)(?:es)?|(?<=x)(?:es)?", "(?:es)?"),
    ("(?<=[nlp][oy]s)(?:is|es?)", "(?:is|es?)"),
    ("y|ies", "(?:y|ies|ys)"),
)
"""How the one and the several end, of nouns that do not just add an s: boxes, diagnoses."""


def english(name: str) -> str:
    """A pattern for the rows of a table called so, one or several: customers?."""
    word = re.escape(_last_word(name))
    for ending, endings in _ENDINGS:
        if found := re.search(f"(?P<stem>.*?)(?:{ending})$", word):
            return f"{found['stem']}{endings}"
    return f"{word.removesuffix('s')}s?"


def japanese(called: Table | SchemaColumn) -> str:
    """A pattern for it in folded Japanese text; `NEVER` where no word is known."""
    words = {fold(word) for word in (called.comment, *_everyday(called.name)) if word}
    return "|".join(map(_whole, sorted(words, key=len, reverse=True))) or NEVER


def either(called: Table | SchemaColumn) -> str:
    """A pattern for it in folded text of either language."""
    return rf"\b{english(called.name)}\b|{japanese(called)}"


def named_tables(question: str, schema: Schema) -> list[Table]:
    """The tables that the question speaks of by name."""
    said = fold(question)
    return [table for table in schema.tables if re.search(either(table), said)]


def _whole(word: str) -> str:
    """A pattern for the word; 国 alone is no part of another word, as it is in 中国."""
    alone = len(word) == 1
    return rf"(?<![㐀-鿿]){word}(?![㐀-鿿])" if alone else re.escape(word)


def _last_word(name: str) -> str:
    """Items of order_items."""
    return name.lower().rsplit("_", 1)[-1]


def _everyday(name: str) -> list[str]:
    word = _last_word(name)
    singulars = (word, word.removesuffix("s"), word.removesuffix("es"), f"{word[:-3]}y")
    return next((_nouns()[one] for one in singulars if one in _nouns()), [])


@cache
def _nouns() -> dict[str, list[str]]:
    return tomllib.loads(files("assistant").joinpath("nouns.toml").read_text("utf-8"))
