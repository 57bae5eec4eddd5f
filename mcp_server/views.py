"""What only the database knows of the lists: columns behind `allow`, and tables behind views.

A view is open when its own text is a statement that the policy would let run, tables and
functions that it names included, and when it reads no masked column. One that `allow` names
without * is taken as it is: a person made it for this.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mcp_server.closed import Closed
from mcp_server.errors import (
    ColumnsClosed,
    NameNotAllowed,
    PolicyRefused,
    UnknownTable,
    ViewUnclear,
)
from mcp_server.names import folded
from mcp_server.policy import Policy, check
from mcp_server.reads import Reads, Source
from mcp_server.results import Cell
from mcp_server.sessions import Session

_TABLE = """
SELECT TABLE_TYPE FROM information_schema.TABLES
WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}"""
_TEXT = """
SELECT VIEW_DEFINITION FROM information_schema.VIEWS
WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}"""
_COLUMNS = """
SELECT COLUMN_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}"""


def admit(session: Session, sql: str, policy: Policy) -> Reads | None:
    """What `sql` reads, when all of it is open; None where a person wrote no lists.

    Raises PolicyRefused, and UnknownTable for a table that is not there.
    """
    if not (policy.closed.has_lists or policy.mask.columns):
        return None
    [(lower_case,)] = session.stream("SELECT @@lower_case_table_names")
    reads = check(sql, policy)
    _Admission(session, policy, lower_case == 0).reads(reads)
    return reads


def check_columns(
    reads: Reads, closed: Closed, columns_of: Callable[[Source], Iterable[str]]
) -> None:
    """Where only some columns of a table are allowed, no name may be one of the others.

    Raises NameNotAllowed or ColumnsClosed.
    """
    known = {
        source.place: {folded(name) for name in columns_of(source)}
        for source in reads.tables
        if closed.partial(source)
    }

    def is_closed(source: Source, name: str) -> bool:
        return name in known.get(source.place, ()) and closed.column(*source.place, name)

    for source, named in reads.naming(is_closed, closed.partial):
        if named.name == "*":
            raise ColumnsClosed(table=source.table)
        allowed = ", ".join(map(str, closed.allow))
        raise NameNotAllowed(token=f"{source.table}.{named.name}", allowed=allowed)


@dataclass(slots=True)
class _Admission:
    session: Session
    policy: Policy
    exact: bool
    """Does the server tell upper from lower case in names of tables?"""
    seen: set[tuple[str, str]] = field(default_factory=set)

    def reads(self, reads: Reads) -> None:
        closed = self.policy.closed.exactly() if self.exact else self.policy.closed
        for source in reads.tables:
            closed.check_table(source.schema, source.table)
        check_columns(reads, closed, self._columns_of)
        for source in reads.tables:
            self._view(source)

    def _columns_of(self, source: Source) -> Iterable[str]:
        return [str(name) for (name,) in self._ask(_COLUMNS, source)]

    def _view(self, source: Source) -> None:
        place = source.place
        if place in self.seen or folded(source.schema) == "information_schema":
            return
        self.seen.add(place)
        kinds = [str(kind) for (kind,) in self._ask(_TABLE, source)]
        if not kinds:
            raise UnknownTable(name=source.table, nearest="–")
        if kinds != ["VIEW"] or self.policy.closed.trusts(*place):
            return
        [(text,)] = list(self._ask(_TEXT, source)) or [("",)]
        if not text:
            raise ViewUnclear(view=source.table, reason="its text needs the right SHOW VIEW")
        try:
            self.reads(check(str(text), self.policy, in_view=True))
        except PolicyRefused as error:
            raise ViewUnclear(view=source.table, reason=type(error).__name__) from error

    def _ask(self, sql: str, source: Source) -> Iterable[tuple[Cell, ...]]:
        schema, table = source.schema, source.table
        if not self.exact:
            schema, table = schema.lower(), table.lower()
        return list(self.session.stream(sql.format(schema=_text(schema), table=_text(table))))


def _text(name: str) -> str:
    """A name as a literal, under the pinned sql_mode and charset."""
    return "'" + name.replace("\\", "\\\\").replace("'", "''") + "'"
