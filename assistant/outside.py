"""Words for the world around a business, of which its own database tells only where it says so."""

import re
from collections.abc import Iterable

from assistant.folding import fold
from assistant.schema import Schema

_OUTSIDE = re.compile(
    r"\b(?:(?:competitor|rival)s?|(?:other|another) compan(?:y|ies)|(?:our|the) industry"
    r"|industry averages?|market shares?|(?:share|stock) prices?|exchange rates?|inflation"
    r"|weather)\b"
    r"|競合|他社|業界|市場シェア|株価|為替|物価|天気|景気"
)
_WHOSE = re.compile(r"^(?:our|the) ")


def outside_word(question: str, schema: Schema, known: Iterable[str]) -> str | None:
    """The first such word of the question that is no name, comment or value of the schema.

    `known`: what else the house says of the question's words: terms, stored values.
    """
    texts = fold(" ".join((*_texts(schema), *known)))
    for found in _OUTSIDE.finditer(fold(question)):
        word = _WHOSE.sub("", found[0])
        stem = word.removesuffix("s")
        if stem not in texts and stem.replace(" ", "_") not in texts:
            return word
    return None


def _texts(schema: Schema) -> Iterable[str]:
    for table in schema.tables:
        yield from (table.name, table.comment)
        for column in table.columns:
            yield from (column.name, column.comment, *column.values)
