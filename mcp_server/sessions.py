"""What every kind of database gives: sessions inside its read-only fence."""

from contextlib import AbstractContextManager
from typing import Literal, Protocol

from mcp_server.policy import Policy
from mcp_server.results import Stream
from mcp_server.settings import ConnectionSettings

Flavour = Literal["mysql", "mariadb", "sqlite"]


class Session(Protocol):
    """One connection, inside the fence, used by one thread."""

    flavour: Flavour
    """Whose SQL it speaks."""
    version: str
    product: str
    """The name of the server: "MySQL", "TiDB"…"""
    layers: tuple[str, ...]
    """The layers of the read-only promise that hold in this session."""
    missing: tuple[str, ...]
    """The layers that this server does not give."""

    def stream(self, sql: str, *, last: bool = False) -> Stream:
        """Run one statement; its rows come as they are taken.

        Behind the `last` one the session is cleared at once, and takes no other.
        """

    def admit(self, sql: str) -> None:
        """Hold the lists of the settings against what `sql` really reads, before it is streamed.

        Raises PolicyRefused. Our own questions about the catalogue are not admitted.
        """

    def stop(self) -> bool:
        """End the running statement on the server; called from any thread, any number of times.

        Was there one to end? The session is not used again afterwards.
        """

    def sever(self) -> None:
        """Let go of a server that does not even end a statement; called from any thread."""


class Database(Protocol):
    """One configured database; nothing is opened before the first session."""

    settings: ConnectionSettings
    policy: Policy
    explain: str
    """What before a query asks for its plan."""
    most_sessions: int
    """How many may be open at once."""

    steps_aside: bool
    """Does a session wait without holding up the event loop?"""

    def session(self) -> AbstractContextManager[Session]:
        """A session inside the fence. Everything raised inside is a DatabaseToolError."""

    def close(self) -> None:
        """Close every idle connection."""
