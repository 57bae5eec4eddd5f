"""How names are compared, and where they stand in a statement."""

import unicodedata
from collections.abc import Sequence

from mcp_server.lexer import Token


def folded(name: str) -> str:
    """The name as the most forgiving server compares it: without case, accents and width."""
    if name.isascii():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.replace("ß", "s").replace("ı", "i").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def is_name(parts: Sequence[Token], at: int) -> bool:
    return 0 <= at < len(parts) and parts[at].kind in {"word", "name"}


def is_operator(parts: Sequence[Token], at: int, text: str) -> bool:
    return 0 <= at < len(parts) and parts[at].kind == "operator" and parts[at].text == text
