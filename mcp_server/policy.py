"""Tokens → verdict: may this statement run?

Everything here is an allow-list or fails closed: a statement that cannot be read is not sent.
The statement itself is never changed. The database's own fence stands behind this one and
does not rely on it, nor this one on the fence.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mcp_server import functions, sources
from mcp_server.closed import NOTHING_CLOSED, Closed
from mcp_server.errors import (
    ClauseNotAllowed,
    CommentNotAllowed,
    EmptyStatement,
    FunctionNotAllowed,
    NameClosed,
    SeveralStatements,
    StatementNotAllowed,
    UnknownFunction,
    WriteRefused,
)
from mcp_server.lexer import MYSQL, SQLITE, Dialect, Token, tokens
from mcp_server.masking import NOTHING_MASKED, Mask
from mcp_server.names import is_operator
from mcp_server.reads import Reads


@dataclass(frozen=True, slots=True)
class Policy:
    """What one kind of server lets a reader say."""

    dialect: Dialect
    heads: frozenset[str]
    """What a statement may start with."""
    reserved: frozenset[str]
    """Reserved words with no place in a reading statement: bare, they are never a column."""
    functions: frozenset[str]
    """Functions that only compute. No other is called, but those in `stored`."""
    hazards: re.Pattern[str]
    """Functions that wait, lock, read files, write or change the session, to say so."""
    stored: frozenset[str] = frozenset()
    """Stored functions that a person lets through, in lower case."""
    closed: Closed = NOTHING_CLOSED
    mask: Mask = NOTHING_MASKED


_QUERY_HEADS = frozenset({"SELECT", "WITH", "VALUES", "("})
_EXPLAIN_HEADS = frozenset({"EXPLAIN", "DESCRIBE", "DESC"})
_CHANGES = frozenset({"DELETE", "INSERT", "REPLACE", "UPDATE"})
_FUNCTIONS_TOO = frozenset({"INSERT", "REPLACE"})
_OTHER_WRITES = re.compile(
    r"ALTER|CREATE|DROP|GRANT|IMPORT|LOAD|MERGE|OPTIMIZE|RENAME|REPAIR|REVOKE|TRUNCATE"
)
# What follows SHOW and reads only. What tells of other people is closed by `closed`.
_SHOWS = re.compile(
    r"BINARY|BINLOG|CHARACTER|CHARSET|COLLATION|COLUMNS|COUNT|CREATE|DATABASES|ENGINE|ENGINES"
    r"|ERRORS|EVENTS|FIELDS|FUNCTION|GRANTS|INDEX|INDEXES|KEYS|MASTER|OPEN|PLUGINS|PRIVILEGES"
    r"|PROCEDURE|PROCESSLIST|REPLICA|REPLICAS|SCHEMAS|SLAVE|STATUS|STORAGE|TABLE|TABLES|TRIGGERS"
    r"|VARIABLES|WARNINGS"
)

MYSQL_POLICY = Policy(
    dialect=MYSQL,
    heads=_QUERY_HEADS | _EXPLAIN_HEADS | {"TABLE", "SHOW"},
    reserved=_CHANGES | {"CALL", "INTO", "PROCEDURE"},
    functions=functions.MYSQL,
    hazards=re.compile(
        r"SLEEP|BENCHMARK|LOAD_FILE|LAST_INSERT_ID|NEXTVAL|SETVAL|LASTVAL|SYS_\w+"
        r"|(GET|RELEASE|IS_FREE|IS_USED|RELEASE_ALL)_LOCKS?|SERVICE_\w*LOCKS?"
        r"|WAIT_\w+|\w+_WAIT|\w*GTID\w*|KEYRING_\w+|VERSION_TOKENS_\w+|WSREP_\w+"
        r"|(GROUP_REPLICATION|ASYNCHRONOUS_CONNECTION_FAILOVER)_\w+"
        r"|(AUDIT_LOG|AUDIT_API|MYSQL_FIREWALL|MYSQL_QUERY)_\w+"
    ),
)
SQLITE_POLICY = Policy(
    dialect=SQLITE,
    heads=_QUERY_HEADS | {"EXPLAIN"},
    reserved=_CHANGES | {"INTO"},
    functions=functions.SQLITE,
    hazards=re.compile(r"LOAD_EXTENSION|READFILE|WRITEFILE|FTS3_TOKENIZER"),
)

_PAIRS = frozenset(
    {
        *(("FOR", "UPDATE"), ("FOR", "SHARE"), ("LOCK", "IN"), ("NEXT", "VALUE")),
        *(("FOR", "CONNECTION"), ("FOR", "SCHEMA"), ("FOR", "DATABASE")),
    }
)
_HINTS = re.compile(
    r"BKA|BNL|DUPSWEEDOUT|FIRSTMATCH|GROUP_INDEX|HASH_JOIN|INDEX|INDEX_MERGE"
    r"|JOIN_FIXED_ORDER|JOIN_INDEX|JOIN_ORDER|JOIN_PREFIX|JOIN_SUFFIX|LOOSESCAN"
    r"|MATERIALIZATION|MERGE|MRR|NO_BKA|NO_BNL|NO_GROUP_INDEX|NO_HASH_JOIN|NO_ICP|NO_INDEX"
    r"|NO_INDEX_MERGE|NO_JOIN_INDEX|NO_MERGE|NO_MRR|NO_ORDER_INDEX|NO_RANGE_OPTIMIZATION"
    r"|NO_SEMIJOIN|NO_SKIP_SCAN|ORDER_INDEX|QB_NAME|SEMIJOIN|SKIP_SCAN|SUBQUERY"
)
_HINT = re.compile(r"([A-Za-z_]+)\s*\(([\w@,.$\s]*)\)[\s,]*")
_NEAR = 0.6


def check(sql: str, policy: Policy, *, in_view: bool = False) -> Reads:
    """What the statement reads, when it only reads; raise a PolicyRefused that says what is wrong.

    The text of a view is checked like a statement, but for masked columns, which it must not hold.
    """
    parts = _parts(sql, policy)
    _check_single(parts)
    _check_head(parts, policy)
    _check_words(parts, policy)
    found = sources.find(parts, policy.closed.database)
    policy.closed.check(found)
    policy.mask.check(parts, found, shown=not in_view)
    return found


def _parts(sql: str, policy: Policy) -> list[Token]:
    """The statement's tokens without comments. Raises EmptyStatement, CommentNotAllowed."""
    parts: list[Token] = []
    for token in tokens(sql, policy.dialect):
        if token.kind == "comment":
            _check_comment(token.text)
        else:
            parts.append(token)
    while is_operator(parts, len(parts) - 1, ";"):
        parts.pop()
    if not parts:
        raise EmptyStatement()
    return parts


def _check_words(parts: Sequence[Token], policy: Policy) -> None:
    for at, token in enumerate(parts):
        if token.kind == "operator" and token.text in {"@", ":="}:
            raise ClauseNotAllowed(token=token.text)
        if token.kind == "word" and not _qualified(parts, at):
            _check_word(parts, at, policy)
        _check_call(parts, at, policy)


def _check_comment(text: str) -> None:
    if text.startswith(("/*!", "/*M!", "/*m!")):
        raise CommentNotAllowed(token=text[:40])
    if text.startswith("/*+"):
        hints = text[3:-2].strip()
        names = [found.group(1).upper() for found in _HINT.finditer(hints)]
        if _HINT.sub("", hints) or not all(map(_HINTS.fullmatch, names)):
            raise CommentNotAllowed(token=text[:40])


def _check_single(parts: Sequence[Token]) -> None:
    for at, token in enumerate(parts):
        if token.kind == "operator" and token.text == ";":
            raise SeveralStatements(token=parts[at + 1].text)


def _check_head(parts: Sequence[Token], policy: Policy) -> None:
    head = parts[0].upper or parts[0].text
    if head in _CHANGES or _OTHER_WRITES.fullmatch(head):
        raise WriteRefused(token=head)
    if head not in policy.heads:
        raise StatementNotAllowed(token=head)
    if head == "SHOW":
        _check_show(parts, policy)


def _check_show(parts: Sequence[Token], policy: Policy) -> None:
    words = [token.upper for token in parts[1:4] if token.upper not in sources.SHOW_MODIFIERS]
    if not words or not _SHOWS.fullmatch(words[0]):
        raise StatementNotAllowed(token=" ".join(["SHOW", *words]).rstrip())
    if closed := policy.closed.show(words):
        raise NameClosed(token=closed)


def _check_word(parts: Sequence[Token], at: int, policy: Policy) -> None:
    token, following = parts[at], parts[at + 1] if at + 1 < len(parts) else None
    pair = (token.upper, following.upper if following else "")
    if pair in _PAIRS:
        raise ClauseNotAllowed(token=" ".join(pair))
    called = is_operator(parts, at + 1, "(")
    if token.upper not in policy.reserved or (called and token.upper in _FUNCTIONS_TOO):
        return
    if token.upper in _CHANGES:
        raise WriteRefused(token=token.upper)
    if not (token.upper == "PROCEDURE" and parts[0].upper == "SHOW"):
        raise ClauseNotAllowed(token=token.upper)


def _check_call(parts: Sequence[Token], at: int, policy: Policy) -> None:
    """A name before "(" is called, quoted or not; `schema.name(` is always a stored function."""
    token = parts[at]
    if token.kind not in {"word", "name", "number"} or not is_operator(parts, at + 1, "("):
        return
    name = token.text.upper() if token.text.isascii() else ""
    if policy.hazards.fullmatch(name):
        raise FunctionNotAllowed(token=token.text)
    built_in = name in policy.functions and not _qualified(parts, at)
    if built_in or token.upper in functions.OPENERS or token.text.lower() in policy.stored:
        return
    if not _names_columns(parts, at):
        near = difflib.get_close_matches(name, policy.functions, n=1, cutoff=_NEAR)
        raise UnknownFunction(token=token.text, nearest=" ".join(near) or "–")


def _names_columns(parts: Sequence[Token], at: int) -> bool:
    """Is this no call but `AS t (a, b)`, `) t (a, b)` or `t (a, b) AS (`? None can be one.

    Nor what stands right behind a text, as in `JSON_TABLE(x, '$' COLUMNS (...))`.
    """
    before = parts[at - 1] if at else None
    if before and (before.kind == "string" or before.text == ")" or before.upper == "AS"):
        return True
    end = at + 2
    while end < len(parts) and (
        parts[end].kind in {"word", "name"} or is_operator(parts, end, ",")
    ):
        end += 1
    following = [token.upper or token.text for token in parts[end : end + 3]]
    return following == [")", "AS", "("]


def _qualified(parts: Sequence[Token], at: int) -> bool:
    """After a point every word is a name, as the server has it."""
    return is_operator(parts, at - 1, ".")
