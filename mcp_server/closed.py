"""What a connection may read: the lists `allow` and `deny` of the settings.

An entry is "schema", "schema.table" or "schema.table.column", with * in any place. `deny` goes
before `allow`; without `allow` everything is allowed. Names that close are compared as the most
forgiving server would, names that open only without regard to case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from mcp_server.errors import ColumnsClosed, NameClosed, NameNotAllowed
from mcp_server.names import folded
from mcp_server.reads import Reads, Source

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
# Where names stand that the lists may close; open only by name once there are lists.
CATALOGUES = frozenset({"information_schema", "sqlite_master", "sqlite_schema"})

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One entry, its missing parts *."""

    schema: str
    table: str = "*"
    column: str = "*"

    @classmethod
    def of(cls, entry: str) -> "Pattern":
        return cls(*entry.split("."))

    @property
    def is_literal(self) -> bool:
        """Is it without wildcards, in what it says of schema and table?"""
        table = "" if self.table == "*" else self.table
        return _WILD.isdisjoint(self.schema + table)

    def __str__(self) -> str:
        parts = (self.schema, self.table, self.column)
        return ".".join(parts).removesuffix(".*").removesuffix(".*")


_BY_DEFAULT = frozenset(Pattern.of(entry) for entry in CLOSED if not entry.startswith(_SHOW))


@dataclass(frozen=True, slots=True)
class Closed:
    """The lists of one connection, and the schema that bare names mean.

    `exact` says that the server tells upper from lower case in names of schemas and tables.
    """

    deny: tuple[Pattern, ...] = ()
    allow: tuple[Pattern, ...] = ()
    shows: tuple[tuple[str, ...], ...] = ()
    database: str = ""
    exact: bool = False

    @classmethod
    def of(
        cls, entries: Iterable[str], database: str | None, allow: Iterable[str] = ()
    ) -> "Closed":
        """From entries as they stand in the settings; `deny` may also hold "SHOW ENGINE"."""
        entries = tuple(entries)
        shows = [entry for entry in entries if entry.upper().startswith(_SHOW)]
        return cls(
            tuple(Pattern.of(entry) for entry in entries if entry not in shows),
            tuple(map(Pattern.of, allow)),
            tuple(tuple(entry.upper().split()[1:]) for entry in shows),
            database or "",
        )

    @property
    def has_lists(self) -> bool:
        """Did a person write lists, beyond what is closed by default?"""
        return bool(self.allow or set(self.deny) - _BY_DEFAULT)

    def table(self, schema: str, table: str) -> bool:
        """Is this table closed as a whole?"""
        return self._denied(schema, table, "*") or not self._allowed(schema, table, None)

    def column(self, schema: str, table: str, column: str) -> bool:
        return self._denied(schema, table, column) or not self._allowed(schema, table, column)

    def denies(self, source: Source, column: str) -> bool:
        """Does `deny` name this column?"""
        return self._denied(source.schema, source.table, column)

    def partial(self, source: Source) -> bool:
        """May a column of this table be closed?"""
        place = source.place
        return not self._allowed(*place, "*") or any(
            _matches(pattern, *place) for pattern in self.deny if pattern.column != "*"
        )

    def named(self, schema: str, table: str) -> bool:
        """Does `allow` name this table, or its whole schema, without a *?"""
        return any(
            pattern.is_literal
            and self._same(pattern.schema, schema)
            and self._same(pattern.table, table)
            for pattern in self.allow
        )

    def trusts(self, schema: str, view: str) -> bool:
        """Does `allow` name the view itself? Then it may read what is closed beside it."""
        return any(
            pattern.is_literal
            and (pattern.schema.lower(), pattern.table.lower()) == (schema.lower(), view.lower())
            for pattern in self.allow
        )

    def show(self, words: Sequence[str]) -> str:
        """The closed subject that these words after SHOW begin with, or ""."""
        found = [show for show in self.shows if tuple(words[: len(show)]) == show]
        return " ".join(["SHOW", *found[0]]) if found else ""

    def check(self, reads: Reads) -> None:
        """Raises NameClosed, NameNotAllowed or ColumnsClosed for what the lists close.

        Which columns `allow` leaves closed only the database knows: see `views`.
        """
        for source in reads.tables:
            self.check_table(source.schema, source.table)
            if self.partial(source) and (source.structure or reads.natural):
                raise ColumnsClosed(table=source.table)
        for schema in reads.listed:
            if not self._whole(schema):
                raise self._refusal(schema)
        for source, named in reads.naming(self.denies, self.partial):
            if named.name == "*":
                raise ColumnsClosed(table=source.table)
            raise NameClosed(token=f"{source.table}.{named.name}")

    def check_table(self, schema: str, table: str) -> None:
        """Raises NameClosed or NameNotAllowed."""
        if self.table(schema, table):
            raise self._refusal(f"{schema}.{table}", self._denied(schema, table, "*"))

    def check_origins(self, origins: Iterable[tuple[str, str, str]], reads: Reads) -> None:
        """Raises NameClosed for a result column (schema, table, column) that is closed.

        Without a schema it is computed, or of information_schema; names that WITH made are not
        tables, though MariaDB gives them a schema.
        """
        for schema, table, column in origins:
            is_table = schema not in {"", "information_schema"} and folded(table) not in reads.made
            if is_table and self.column(schema, table, column):
                raise NameClosed(token=f"{schema}.{table}.{column}")

    def _refusal(self, token: str, denied: bool = False) -> NameClosed | NameNotAllowed:
        if denied or not self.allow:
            return NameClosed(token=token)
        return NameNotAllowed(token=token, allowed=", ".join(map(str, self.allow)))

    def exactly(self) -> "Closed":
        """The same lists on a server that tells upper from lower case."""
        return replace(self, exact=True)

    def _whole(self, schema: str) -> bool:
        """Is everything in this schema open? "*" is everything on the server."""
        place = folded(schema)
        closed = any(
            fnmatchcase(place, folded(pattern.schema)) or schema == "*"
            for pattern in self.deny
            if pattern not in _BY_DEFAULT or (pattern.table == "*" and schema != "*")
        )
        return not closed and self._allowed(schema, "*", "*")

    def _denied(self, schema: str, table: str, column: str) -> bool:
        return any(
            _matches(pattern, schema, table)
            and (pattern.column == "*" or fnmatchcase(folded(column), folded(pattern.column)))
            and not (pattern in _BY_DEFAULT and self.named(schema, table))
            for pattern in self.deny
        )

    def _allowed(self, schema: str, table: str, column: str | None) -> bool:
        """Is the column allowed? "*" stands for all of them, None for any."""
        if self.has_lists and not CATALOGUES.isdisjoint((folded(schema), folded(table))):
            return self.named(schema, table)
        return not self.allow or any(
            self._same(pattern.schema, schema)
            and self._same(pattern.table, table)
            and (column is None or fnmatchcase(column.lower(), pattern.column.lower()))
            for pattern in self.allow
        )

    def _same(self, pattern: str, name: str) -> bool:
        if self.exact:
            return fnmatchcase(name, pattern)
        return fnmatchcase(name.lower(), pattern.lower())


def _matches(pattern: Pattern, schema: str, table: str) -> bool:
    return fnmatchcase(folded(schema), folded(pattern.schema)) and fnmatchcase(
        folded(table), folded(pattern.table)
    )


NOTHING_CLOSED = Closed()
