"""Who works on a report: the database, and the model where a question is not locked."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.asker import Asker
from assistant.events import Progress, QueryResult
from assistant.schema import Schema


class Database(Protocol):
    """What locked questions need: the schema, a name to show, statements run."""

    @property
    def schema(self) -> Schema: ...

    @property
    def name(self) -> str: ...

    async def query(self, sql: str) -> QueryResult: ...


Write = Callable[[str, str, dict[str, Any]], Awaitable[str]]
"""One reply of the model to (system, user), held to a JSON schema."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Askers that may work at the same time, at least one, and a writer for the summary."""

    askers: tuple[Asker, ...]
    write: Write


OpenDatabase = Callable[[], AbstractAsyncContextManager[Database]]
OpenStaff = Callable[[Callable[[Progress], None]], AbstractAsyncContextManager[Staff]]
"""Both are entered and left in the same task. The staff is opened only when it is needed."""
