"""One pass over a statement's tokens, following the grammar of FROM inside every bracket.

Sources stand after FROM, JOIN, TABLE and the commas between them, and every word that opens or
ends such a place is reserved on both servers. What does not fit raises StatementUnreadable. Too
much may be found, never too little: a name that could be a column counts as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mcp_server.errors import StatementUnreadable
from mcp_server.lexer import Token
from mcp_server.names import folded, is_name, is_operator
from mcp_server.reads import Named, Reads, Source

Mode = Literal["start", "with", "expression", "source", "named", "from"]

QUERY = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})
_ENDS_SOURCES = frozenset({"WHERE", "HAVING", "LIMIT"})
_ORDERS = frozenset({"GROUP", "ORDER"})
_FROM_INSIDE = frozenset({"EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID"})
_BEFORE_STAR = frozenset(
    {
        *("SELECT", "ALL", "DISTINCT", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN"),
        *("SQL_SMALL_RESULT", "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE"),
        "SQL_CALC_FOUND_ROWS",
    }
)
# Reserved everywhere: bare, they are neither a column nor an alias.
_NEVER_NAMES = frozenset(
    {
        *("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "BY", "AS", "ON", "AND"),
        *("OR", "NOT", "IN", "IS", "NULL", "LIKE", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE"),
        *("UNION", "JOIN", "LEFT", "RIGHT", "INNER", "CROSS", "OUTER", "DISTINCT", "WITH", "DESC"),
        *("ASC", "USING", "EXISTS", "NATURAL", "STRAIGHT_JOIN", "FOR", "USE", "FORCE", "IGNORE"),
        *("INDEX", "KEY", "TABLE", "INTERVAL", "VALUES", "SHOW", "DESCRIBE", "EXPLAIN"),
    }
)


@dataclass(slots=True)
class _Frame:
    """What is known between one pair of brackets."""

    mode: Mode = "start"
    query: int = 0
    visible: frozenset[str] = frozenset()
    """Names that WITH made, exactly as written: another spelling is a table."""
    function: bool = False
    has_from: bool = False
    recursive: bool = False
    defining: str = ""
    defines: str = ""
    source: Source | None = None


@dataclass(slots=True)
class Scan:
    """One pass over the tokens with a frame for each open bracket."""

    parts: Sequence[Token]
    database: str
    frames: list[_Frame] = field(default_factory=list)
    tables: list[Source] = field(default_factory=list)
    columns: list[Named] = field(default_factory=list)
    qualifiers: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    natural: bool = False
    queries: int = 0

    def run(self, start: int) -> Reads:
        self.frames, at = [_Frame()], start
        while at < len(self.parts):
            at = self._step(at)
        for source in self.tables:
            self.qualifiers |= source.names
        return Reads(
            tuple(source for source in self.tables if source.table),
            tuple(self.columns),
            qualifiers=frozenset(self.qualifiers),
            made=frozenset(self.made),
            natural=self.natural,
            queries=self.queries,
            start=start,
        )

    def table(self, at: int, *, structure: bool = False) -> tuple[Source, int]:
        """The table whose name begins here, and the place after it."""
        chain, after = self._chain(at)
        if len(chain) > 2 or not chain:
            raise self._unreadable(at)
        schema = chain[0] if len(chain) == 2 else self.database
        frame = self.frames[-1] if self.frames else _Frame()
        name = chain[-1]
        if len(chain) == 1 and name in frame.visible:
            name = ""
        names = {folded(chain[-1])}
        return Source(schema, name, frame.query, names, structure), after

    def _step(self, at: int) -> int:
        token, frame = self.parts[at], self.frames[-1]
        if token.kind == "operator":
            return self._operator(token.text, at)
        if frame.mode == "source" and self._is_source(at):
            return self._source(at)
        if token.kind not in {"word", "name"}:
            return at + 1
        if token.upper and not is_operator(self.parts, at - 1, ".") and self._keyword(at):
            return at + 1
        if frame.mode == "with" and not frame.defining:
            frame.defining = token.text
            return at + 1
        return self._name(at)

    def _is_source(self, at: int) -> bool:
        token = self.parts[at]
        lateral = token.upper == "LATERAL" and is_operator(self.parts, at + 1, "(")
        names = token.kind in {"word", "name", "string"}
        return names and token.upper not in QUERY and not lateral

    def _operator(self, text: str, at: int) -> int:
        frame = self.frames[-1]
        match text:
            case "(":
                self._open(at)
            case ")":
                self._close(at)
            case "," if frame.mode in {"named", "from"}:
                frame.mode = "source"
            case "," if frame.mode == "with":
                frame.defining = ""
            case "{" if frame.mode == "source":
                return at + 2
            case "." if frame.mode == "source":
                return self._source(at)
            case "*" if self._is_star(at):
                self.columns.append(Named("", "*", at, frame.query))
        return at + 1

    def _is_star(self, at: int) -> bool:
        before = self.parts[at - 1]
        counts = is_operator(self.parts, at - 1, "(") and self.parts[at - 2].upper == "COUNT"
        opens = before.kind == "operator" and before.text in {"(", ","}
        return before.upper in _BEFORE_STAR or (opens and not counts)

    def _open(self, at: int) -> None:
        frame, before = self.frames[-1], self.parts[at - 1] if at else None
        inner = _Frame(query=frame.query, visible=frame.visible)
        if frame.mode == "source":
            inner.mode = "source"
            frame.mode, frame.source = "named", None
        elif frame.mode == "with" and before and before.upper == "AS":
            inner.defines = frame.defining
            inner.recursive = frame.recursive
        elif frame.mode == "with" and is_operator(self.parts, at - 1, ")"):
            frame.mode = "expression"
        elif before and before.text.upper() in _FROM_INSIDE:
            inner.function = True
        self.frames.append(inner)

    def _close(self, at: int) -> None:
        inner = self.frames.pop()
        if not self.frames:
            raise self._unreadable(at)
        if inner.defines:
            self.frames[-1].visible |= {inner.defines}
            self.made.add(folded(inner.defines))

    def _keyword(self, at: int) -> bool:
        """Take a word as the keyword that it is; False when it is a name."""
        frame, word = self.frames[-1], self.parts[at].upper
        match word:
            case "SELECT":
                self.queries += 1
                frame.mode, frame.query, frame.has_from = "expression", self.queries, False
                frame.function = False
            case "WITH" if frame.mode in {"start", "source"}:
                frame.mode, frame.defining = "with", ""
            case "RECURSIVE" if frame.mode == "with" and not frame.defining:
                frame.recursive = True
            case "VALUES" if frame.mode in {"start", "with", "source"}:
                frame.mode = "expression"
            case "TABLE":
                self.queries += 1
                frame.mode, frame.query = "source", self.queries
                self.columns.append(Named("", "*", at, self.queries))
            case "FROM":
                self._from(at)
            case "JOIN" | "STRAIGHT_JOIN" if frame.mode in {"named", "from"}:
                frame.mode = "source"
            case "UNION" if frame.defines and frame.recursive:
                frame.visible |= {frame.defines}
            case "ON" | "USING" if frame.mode == "named":
                frame.mode = "from"
            case _:
                return self._ends_sources(at)
        return True

    def _from(self, at: int) -> None:
        frame = self.frames[-1]
        if frame.function:
            return
        if frame.has_from:
            raise self._unreadable(at)
        frame.mode, frame.has_from = "source", True

    def _ends_sources(self, at: int) -> bool:
        frame, word = self.frames[-1], self.parts[at].upper
        self.natural |= word == "NATURAL"
        by = at + 1 < len(self.parts) and self.parts[at + 1].upper == "BY"
        # USE INDEX FOR ORDER BY (...) is still part of its source.
        orders = word in _ORDERS and by and self.parts[at - 1].upper != "FOR"
        if (word in _ENDS_SOURCES or orders) and frame.mode in {"named", "from"}:
            frame.mode = "expression"
        return word in _NEVER_NAMES

    def _source(self, at: int) -> int:
        frame = self.frames[-1]
        frame.mode = "named"
        if self.parts[at].upper == "DUAL" and not is_operator(self.parts, at + 1, "."):
            return at + 1
        source, after = self.table(at)
        if is_operator(self.parts, after, "(") and folded(source.table) == "json_table":
            source = Source("", "", frame.query, set())
        frame.source = source
        self.tables.append(source)
        return after

    def _name(self, at: int) -> int:
        frame = self.frames[-1]
        chain, after = self._chain(at)
        star = is_operator(self.parts, after, ".") and is_operator(self.parts, after + 1, "*")
        if star:
            chain, after = [*chain, "*"], after + 2
        if frame.mode == "named":
            names = frame.source.names if frame.source else self.qualifiers
            names.add(folded(chain[0]))
        if star or not is_operator(self.parts, after, "("):
            qualifier = folded(chain[-2]) if len(chain) > 1 else ""
            self.columns.append(Named(qualifier, folded(chain[-1]), at, frame.query))
        return after

    def _chain(self, at: int) -> tuple[list[str], int]:
        """`a.b.c` and the place after it; a point at the start says "the session's database"."""
        at += is_operator(self.parts, at, ".")
        chain: list[str] = []
        while at < len(self.parts) and self.parts[at].kind in {"word", "name", "string"}:
            chain.append(self.parts[at].text.strip("'") if not chain else self.parts[at].text)
            at += 1
            if not (is_operator(self.parts, at, ".") and is_name(self.parts, at + 1)):
                return chain, at
            at += 1
        return chain, at

    def _unreadable(self, at: int) -> StatementUnreadable:
        text = self.parts[at].text if at < len(self.parts) else ""
        return StatementUnreadable(token=repr(text[:20]))
