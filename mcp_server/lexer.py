"""A statement cut into the tokens that the server itself would see.

A guard that disagrees with the server about where a string or a comment ends is a guard that
is walked around. So the rules here are the server's own (MySQL's `sql_lex.cc`, SQLite's
`tokenize.c`) under the pinned sql_mode and utf8mb4, and what they leave doubtful is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mcp_server.errors import StatementUnreadable

Kind = Literal["blank", "comment", "string", "name", "number", "word", "operator"]


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is bare and may be a keyword; `name` is a quoted identifier, its quotes taken off.

    `text` is as written except for names; `line` counts from 0.
    """

    kind: Kind
    text: str
    line: int

    @property
    def upper(self) -> str:
        """The keyword that a bare word may be; "" for everything else."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server reads a statement: its kinds of token in the order they are tried."""

    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]


# Everything above ASCII is a letter to both servers: the full-width blank is part of a name.
_LETTER = r"[0-9A-Za-z_$\u0080-\U0010ffff]"
# "1.INTO" and "1e5INTO" are a number and a keyword to MySQL. Nobody honest writes them, so a
# number that touches a letter matches nothing. "$" opens a quoted text in MySQL 9.
_NUMBER = re.compile(
    rf"(?:0[xX][0-9a-fA-F]++|0[bB][01]++|(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)(?!{_LETTER})"
)
_WORD = re.compile(rf"(?!\$|0[xX]|0[bB][01]|[0-9]+(?:\.|[eE][0-9])){_LETTER}++")
# A point right behind a letter joins names; elsewhere a digit after it makes a number.
_OPERATOR = re.compile(
    r":=|<=>|->>|->|<<|>>|\|\||&&|<=|>=|<>|!=|@@|/(?!\*)|[-+*%=<>!~^&|(),;?:@{}]"
    rf"|(?<={_LETTER})\.|\.(?![0-9])"
)


def _dialect(blank: str, comment: str, string: str, name: str) -> Dialect:
    return Dialect(
        (
            ("blank", re.compile(blank)),
            ("comment", re.compile(comment, re.DOTALL)),
            ("string", re.compile(string, re.DOTALL)),
            ("name", re.compile(name)),
            ("number", _NUMBER),
            ("word", _WORD),
            ("operator", _OPERATOR),
        )
    )


MYSQL = _dialect(
    blank=r"[ \t\n\v\f\r]+",
    # "--" opens a comment only before a blank, a control character or the end.
    comment=r"#[^\n]*|--(?=[\x00-\x20\x7f]|\Z)[^\n]*|/\*.*?\*/",
    string=r"""'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.|"")*+\"""",
    name=r"`(?:[^`]|``)++`",
)
SQLITE = _dialect(
    blank=r"[ \t\n\f\r]+",
    comment=r"--[^\n]*|/\*.*?\*/",
    string=r"'(?:[^']|'')*+'",
    name=r'`(?:[^`]|``)++`|"(?:[^"]|"")++"|\[[^\]]+\]',
)


def tokens(sql: str, dialect: Dialect) -> Iterator[Token]:
    """Every token but blanks; comments are kept.

    Raises StatementUnreadable at the first thing that has no end or no certain meaning.
    """
    at = line = 0
    while at < len(sql):
        kind, text = _next(sql, at, dialect)
        if kind != "blank":
            yield Token(kind, _bare(text) if kind == "name" else text, line)
        at += len(text)
        line += text.count("\n")


def _next(sql: str, at: int, dialect: Dialect) -> tuple[Kind, str]:
    for kind, pattern in dialect.kinds:
        # A NUL ends the statement for one reader and not for another.
        if (found := pattern.match(sql, at)) and "\x00" not in found.group():
            return kind, found.group()
    raise StatementUnreadable(token=repr(sql[at : at + 20]))


def _bare(quoted: str) -> str:
    closing = quoted[-1]
    return quoted[1:-1].replace(closing * 2, closing)
