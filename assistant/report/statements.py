"""Statements with placeholders: values put in as literals, and literals made placeholders.

A placeholder is a token of the statement, `:name`, never a piece of its text: within a string,
a comment or a quoted name it is left alone. A value becomes one literal of its own type, so
that nothing in it can end the literal; the rest of the statement stays as it was, to the letter.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from assistant.report.parameters import Values, names_in, root, unknown
from assistant.report.questions import Scalar


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of the statement, [start, end), and the parameter's name or the literal in it."""

    start: int
    end: int
    text: str


def bind_values(sql: str, values: Values, flavour: str, place: str) -> str:
    """The statement with a literal for every placeholder; raises UnknownParameter."""

    def literal(span: _Span) -> str:
        if span.text not in values:
            raise unknown(place, span.text, values)
        return _literal(values[span.text], flavour)

    return _replaced(sql, list(_placeholders(sql, flavour)), literal)


def generalised(sql: str, template: str, values: Values, flavour: str) -> str | None:
    """The model's statement with placeholders for the parameters of its question `template`.

    None where it is not certain which literals came from the parameters: one value under two
    names, a number that the question also states itself, or a date or number left over that
    looks like a part of a parameter. The statement then holds for these values only.
    """
    family = _family(names_in(template), values)
    names = [(_Known(value), name) for name, value in family.items()]
    own = set(re.findall(r"\d+", re.sub(r"\{\w+\}", " ", template)))
    parts = {part for value in family.values() for part in _parts(value)}
    spans = []
    for token in _tokens(sql, flavour):
        if token.token_type not in (TokenType.STRING, TokenType.NUMBER):
            continue
        called = [name for known, name in names if known.is_written(token)]
        if len(called) > 1 or (called and token.text in own):
            return None
        if called:
            spans.append(_Span(token.start, token.end + 1, called[0]))
        elif _looks_derived(token.text, parts):
            return None
    return _replaced(sql, spans, lambda span: f":{span.text}") if spans else None


@dataclass(frozen=True, slots=True)
class _Known:
    """A parameter's value, and how a statement writes it."""

    value: Scalar

    def is_written(self, token: Token) -> bool:
        """Whether the token is this value as a literal of its own type."""
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        wanted = TokenType.NUMBER if number else TokenType.STRING
        return token.token_type == wanted and token.text == str(self.value)


def _family(asked: set[str], values: Values) -> Values:
    """The parameters that a question names, with all names derived from them."""
    roots = {root(name, values) for name in asked}
    return {name: value for name, value in values.items() if root(name, values) in roots}


def _parts(value: Scalar) -> list[int]:
    """The numbers in a value; of a day the year, without which a month or a day says nothing."""
    text = str(value.year) if isinstance(value, date) else str(value)
    return [int(part) for part in re.findall(r"\d+", text)]


def _looks_derived(literal: str, parts: set[int]) -> bool:
    dated = re.search(r"\d{4}-\d{1,2}", literal) is not None
    return dated or any(int(part) in parts for part in re.findall(r"\d+", literal))


def _tokens(sql: str, flavour: str) -> list[Token]:
    dialect = "sqlite" if flavour == "sqlite" else "mysql"
    try:
        return list(Dialect.get_or_raise(dialect).tokenize(sql))
    except SqlglotError:  # the database will say what is wrong with it
        return []


def _placeholders(sql: str, flavour: str) -> Iterator[_Span]:
    tokens = _tokens(sql, flavour)
    for colon, name in pairwise(tokens):
        adjacent = colon.text == ":" and name.start == colon.end + 1
        if adjacent and sql[colon.start] == ":" and name.text.isidentifier():
            yield _Span(colon.start, name.end + 1, name.text)


def _replaced(sql: str, spans: list[_Span], text: Callable[[_Span], str]) -> str:
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        sql = sql[: span.start] + text(span) + sql[span.end :]
    return sql


def _literal(value: Scalar, flavour: str) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case int() | float():
            return f"({value})" if value < 0 else str(value)  # two minus signs begin a comment
        case date():
            return f"'{value.isoformat()}'"
        case _:
            dialect = "sqlite" if flavour == "sqlite" else "mysql"
            return exp.Literal.string(value).sql(dialect=dialect)
