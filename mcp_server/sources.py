"""Which tables and columns a statement reads, by what it begins with: a query, SHOW, DESC."""

from collections.abc import Sequence
from dataclasses import replace

from mcp_server.lexer import Token
from mcp_server.names import is_name, is_operator
from mcp_server.reads import Reads, Source
from mcp_server.scan import QUERY, Scan

SHOW_MODIFIERS = frozenset({"ALL", "EXTENDED", "FULL", "GLOBAL", "LOCAL", "SESSION"})
# What SHOW tells of the server and not of anybody's tables.
_OF_SERVER = frozenset(
    {
        *("CHARACTER", "CHARSET", "COLLATION", "COUNT", "ENGINES", "ERRORS", "PRIVILEGES"),
        *("STATUS", "STORAGE", "VARIABLES", "WARNINGS"),
    }
)


def find(parts: Sequence[Token], database: str) -> Reads:
    """What the statement reads; bare tables are those of `database`.

    Raises StatementUnreadable.
    """
    scan = Scan(parts, database)
    match parts[0].upper:
        case "SHOW":
            return _shown(scan)
        case "EXPLAIN" | "DESCRIBE" | "DESC":
            queries = (at for at, token in enumerate(parts) if token.upper in QUERY)
            start = next(queries, 0)
            if start == 0:
                return Reads(tables=(scan.table(1, structure=True)[0],))
            return scan.run(start - _opened_before(parts, start))
    return scan.run(0)


def _opened_before(parts: Sequence[Token], start: int) -> int:
    """How many brackets stand right before the query."""
    return next(n for n in range(start) if not is_operator(parts, start - n - 1, "("))


def _shown(scan: Scan) -> Reads:
    """SHOW names its subject after FROM or IN, its schema after another FROM or IN."""
    words = [token.upper for token in scan.parts]
    end = next((at for at, word in enumerate(words) if word in {"LIKE", "WHERE"}), len(words))
    asked = scan.run(end)  # WHERE may hold a subquery
    places = [
        at + 1 for at in range(end) if words[at] in {"FROM", "IN"} and is_name(scan.parts, at + 1)
    ]
    tables = [source for source in asked.tables if source.query]
    listed: tuple[str, ...] = ()
    match [word for word in words[1:end] if word not in SHOW_MODIFIERS][:2]:
        case ["COLUMNS" | "FIELDS" | "INDEX" | "INDEXES" | "KEYS", *_]:
            tables.append(_shown_table(scan, places))
        case ["CREATE", "TABLE" | "VIEW" | "SEQUENCE" as kind]:
            at = _past_if_exists(words, words.index(kind) + 1)
            tables.append(scan.table(at, structure=True)[0])
        case ["CREATE", "DATABASE" | "SCHEMA" as kind]:
            at = _past_if_exists(words, words.index(kind) + 1)
            listed = (scan.parts[at].text,) if is_name(scan.parts, at) else ("*",)
        case ["TABLES" | "TRIGGERS" | "EVENTS", *_] | ["TABLE", "STATUS"] | ["OPEN", "TABLES"]:
            listed = tuple(scan.parts[at].text for at in places[:1]) or (scan.database,)
        case [subject, *_] if subject in _OF_SERVER:
            pass
        case _:
            listed = ("*",)
    columns = tuple(named for named in asked.columns if named.query)
    return replace(asked, tables=tuple(tables), columns=columns, listed=listed)


def _shown_table(scan: Scan, places: Sequence[int]) -> Source:
    """The schema after a second FROM is the one that counts."""
    source = scan.table(places[0] if places else len(scan.parts), structure=True)[0]
    return replace(source, schema=scan.parts[places[1]].text) if places[1:] else source


def _past_if_exists(words: Sequence[str], at: int) -> int:
    return at + (3 if words[at : at + 3] == ["IF", "NOT", "EXISTS"] else 0)
