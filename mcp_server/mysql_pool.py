"""Connections that wait for their next session. How many may be out at once is not known here."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pymysql

from mcp_server.mysql_answers import Answers
from mcp_server.mysql_fence import Fence
from mcp_server.mysql_servers import Server


@dataclass(slots=True)
class Line:
    """A connection of PyMySQL, and what a session leaves to the next one on it."""

    raw: Any
    known: tuple[Server, Fence] | None = None
    """Whom it leads to, and which fence that server takes."""
    unread: int = 0
    """How many answers are on their way that nobody has read."""
    answers: Answers | None = None
    """What it said the last time that it was made ready."""
    closed: bool = False

    def close(self) -> None:
        self.closed = True
        with suppress(pymysql.Error):  # it has broken already
            self.raw.close()


class Pool:
    """The idle connections of one database; the last one that came back goes out first."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._idle: list[Line] = []
        self._closed = False

    def take(self) -> Line:
        """An idle connection, or a new one. Raises what connecting raises."""
        try:
            return self._idle.pop()
        except IndexError:
            return Line(self._connect())

    def keep(self, line: Line) -> None:
        if self._closed:
            line.close()
        else:
            self._idle.append(line)

    def clear(self) -> None:
        """Close what is idle now."""
        idle, self._idle = self._idle, []
        for line in idle:
            line.close()

    def close(self) -> None:
        """Close what is idle, and from now on what comes back."""
        self._closed = True
        self.clear()
