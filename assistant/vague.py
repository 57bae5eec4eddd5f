"""Words that rank or choose without saying by what: "our best customer", 人気の商品."""

import re
from collections.abc import Iterable

_VAGUE = re.compile(
    r"(?<!how )(?<!most )(?<!least )(?<!more )(?<!less )\b(?P<en>good|better|bad|badly|worse"
    r"|important|popular|big|biggest|bigger|old|expensive|cheap|successful|problem|problematic|valuable"
    r"|(?:best|worst)(?![ -]sell))\b(?! than)"
    r"|(?<![がも番最])(?<!より)(?P<ja>大きい|小さい|古い|高い|安い)(?!順)"
    r"|(?<![がも])(?P<always>よい|良い|悪い|人気|優秀|重要|問題のある)",
    re.IGNORECASE,
)


def unmeasured(question: str, known: Iterable[str]) -> str | None:
    """The vague word, unless what is `known` of the question speaks of it: values, terms."""
    word = vague_word(question)
    return None if word is None or any(word in one for one in known) else word


def vague_word(question: str) -> str | None:
    """The word whose measure the question does not say; None when there is none.

    「価格が高い」 and "the most expensive" say by what; 「200より高い」 says from where on.
    """
    found = _VAGUE.search(question)
    return found[0] if found else None
