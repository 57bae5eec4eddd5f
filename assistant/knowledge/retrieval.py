"""What of the knowledge a question is about."""

import re
from collections import Counter

from assistant.asked import units
from assistant.folding import fold, plain
from assistant.knowledge.files import Knowledge, Pair, Term
from assistant.linking import words_of

MOST_PAIRS = 2
LEAST_LIKENESS = 0.6


def terms_in(question: str, knowledge: Knowledge) -> list[str]:
    """One line a term that the question says: "粗利 = SUM(amount - cost)"."""
    folded = fold(question)
    said = [term for term in knowledge.glossary.term if _says(folded, term)]
    return [_told(term) for term in said]


def pairs_like(question: str, knowledge: Knowledge) -> list[Pair]:
    """The most similar verified questions, none that is not really similar."""
    grams = _grams(question)
    scored = [(_likeness(grams, _grams(pair.question)), pair) for pair in knowledge.pairs]
    close = [
        (score, pair)
        for score, pair in scored
        if score >= LEAST_LIKENESS and not _asks_more(pair, question)
    ]
    close.sort(key=lambda scored: -scored[0])
    return [pair for _, pair in close[:MOST_PAIRS]]


def _asks_more(pair: Pair, question: str) -> bool:
    """Whether the pair is about something that the question does not say: 地域別 is not 月別.

    What its statement compares with may differ: another city, another status.
    """
    asked, literals = plain(question), plain(" ".join(re.findall(r"'[^']*'", pair.sql)))
    if units(pair.question) != units(question):
        return True
    return any(word not in asked and word not in literals for word in words_of(pair.question))


def _says(question: str, term: Term) -> bool:
    names = (fold(name) for name in (term.name, *term.synonyms))
    return any(
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", question)
        if name.isascii()
        else name in question
        for name in names
    )


def _told(term: Term) -> str:
    meaning = ", ".join(part for part in (term.means, term.sql) if part)
    return f"{term.name} = {meaning}" if meaning else term.name


def _grams(text: str) -> Counter[str]:
    """Pairs and triples of characters; a number counts as a number, whichever it is."""
    plain = re.sub(r"[\W_]+", " ", re.sub(r"\d+", "0", fold(text)))
    return Counter(plain[at : at + n] for n in (2, 3) for at in range(len(plain) - n + 1))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice: the share of n-grams in common, from 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
