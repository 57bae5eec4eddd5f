"""Which tables and columns a statement reads: what `sources` finds, and what it may mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A table or view as the statement names it; `table` is "" for a subquery or WITH name.

    `names` are what qualifies its columns, folded. `structure` asks for no row of it.
    """

    schema: str
    table: str
    query: int
    names: set[str]
    structure: bool = False

    @property
    def place(self) -> tuple[str, str]:
        return self.schema, self.table


@dataclass(frozen=True, slots=True)
class Named:
    """What may be a column: its qualifier or "", its name or "*", the place of its first token."""

    qualifier: str
    name: str
    at: int
    query: int


@dataclass(frozen=True, slots=True)
class Reads:
    """`listed` are the schemas whose tables a SHOW lists; `start` is where the query begins."""

    tables: tuple[Source, ...] = ()
    columns: tuple[Named, ...] = ()
    listed: tuple[str, ...] = ()
    qualifiers: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    """The names that WITH made, folded."""
    natural: bool = False
    queries: int = 0
    start: int = 0

    def of(self, named: Named) -> Iterator[Source]:
        """The tables that this column could belong to."""
        if not named.qualifier:
            same_query = named.name == "*"
            yield from (s for s in self.tables if not same_query or s.query == named.query)
        elif named.qualifier not in self.qualifiers:
            yield from self.tables
        else:
            yield from (s for s in self.tables if named.qualifier in s.names)

    def naming(
        self, closed: Callable[[Source, str], bool], partial: Callable[[Source], bool]
    ) -> Iterator[tuple[Source, Named]]:
        """Where the statement names a closed column, or all columns of a table that has one."""
        for named in self.columns:
            for source in self.of(named):
                if partial(source) if named.name == "*" else closed(source, named.name):
                    yield source, named
