"""Names that a statement may not say: schemas, tables and SHOW subjects that hold secrets.

Names are found in the tokens and not in a syntax tree, so that nothing depends on a parser
that agrees with the server: a closed name is refused wherever it could mean the closed thing.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mcp_server.functions import OPENERS
from mcp_server.lexer import Token

CLOSED = (
    "mysql.*",
    "performance_schema.*",
    "sys.*",
    "information_schema.processlist",
    "information_schema.user_attributes",
    "information_schema.column_statistics",
    "SHOW BINARY",
    "SHOW BINLOG",
    "SHOW CREATE USER",
    "SHOW ENGINE",
    "SHOW GRANTS FOR",
    "SHOW MASTER",
    "SHOW PLUGINS",
    "SHOW PROCESSLIST",
    "SHOW REPLICA",
    "SHOW REPLICAS",
    "SHOW SLAVE",
)
"""Closed unless the settings say otherwise: accounts, and what other people do."""
_SHOW = "SHOW "
_BEFORE_SCHEMA = frozenset({"FROM", "IN", "DATABASE", "SCHEMA", "EXISTS"})
_BEFORE_TABLE = OPENERS | {"TABLE", "VIEW"}


@dataclass(frozen=True, slots=True)
class Closed:
    """`schema.table` patterns with `*`, SHOW subjects, and the schema that bare names mean."""

    patterns: tuple[tuple[str, str], ...] = ()
    shows: tuple[tuple[str, ...], ...] = ()
    database: str = ""

    @classmethod
    def of(cls, entries: Iterable[str], database: str | None) -> "Closed":
        """From entries as they stand in the settings: "mysql.*", "shop.salaries", "SHOW ENGINE"."""
        shows = [entry for entry in entries if entry.upper().startswith(_SHOW)]
        names = [entry.partition(".") for entry in entries if entry not in shows]
        return cls(
            tuple((folded(schema), folded(table) or "*") for schema, _, table in names),
            tuple(tuple(entry.upper().split()[1:]) for entry in shows),
            folded(database or ""),
        )

    def table(self, schema: str, table: str) -> bool:
        """Is this table closed? Both names as the server writes them."""
        return self._matches(folded(schema), folded(table))

    def show(self, words: Sequence[str]) -> str:
        """The closed subject that these words after SHOW begin with, or ""."""
        found = [show for show in self.shows if tuple(words[: len(show)]) == show]
        return " ".join(["SHOW", *found[0]]) if found else ""

    def named_in(self, parts: Sequence[Token]) -> str:
        """The first closed name in a statement, or ""."""
        is_show = bool(parts) and parts[0].upper == "SHOW"
        for at, token in enumerate(parts):
            if not is_name(parts, at) or is_part(parts, at):
                continue
            name = folded(token.text)
            if is_operator(parts, at + 1, "."):
                following = folded(parts[at + 2].text) if at + 2 < len(parts) else ""
                if self._matches(name, following) or self._schema(name):
                    return f"{token.text}.{following}"
            elif is_show and parts[at - 1].upper in _BEFORE_SCHEMA and self._schema(name):
                return token.text
            if self._matches(self.database, name):
                return token.text
        return ""

    def _schema(self, name: str) -> bool:
        return any(table == "*" and fnmatchcase(name, schema) for schema, table in self.patterns)

    def _matches(self, schema: str, table: str) -> bool:
        return any(
            fnmatchcase(schema, closed) and fnmatchcase(table, pattern)
            for closed, pattern in self.patterns
        )


NOTHING_CLOSED = Closed()


def folded(name: str) -> str:
    """The name as the most forgiving server compares it: without case, accents and width."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "s").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def is_part(parts: Sequence[Token], at: int) -> bool:
    """Does it belong to the name before its point? `FROM .t` means the session's database."""
    return (
        is_operator(parts, at - 1, ".")
        and is_name(parts, at - 2)
        and parts[at - 2].upper not in _BEFORE_TABLE
    )


def is_name(parts: Sequence[Token], at: int) -> bool:
    return at >= 0 and parts[at].kind in {"word", "name"}


def is_operator(parts: Sequence[Token], at: int, text: str) -> bool:
    return 0 <= at < len(parts) and parts[at].kind == "operator" and parts[at].text == text
