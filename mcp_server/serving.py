"""The life of the process that serves the tools: settings, signals, transport."""

import gc
import os
import signal
import sys

import anyio

from mcp_server import stdio
from mcp_server.connections import Connections
from mcp_server.errors import DatabaseToolError
from mcp_server.server import create_server
from mcp_server.settings import load

USAGE_OR_SETTINGS = 2
_NEW_OBJECTS_BETWEEN_SEARCHES = 50_000


def serve(at: tuple[str, int] | None) -> None:
    """Serve over stdio, or over HTTP at this host and port, until told to end."""
    try:
        settings = load()
        connections = Connections(settings)
        _close_before_dying(connections)
        server = create_server(settings, connections)
        _look_less_for_garbage()
        if at:
            from mcp_server import http

            http.serve(server, *at, settings.http)
        else:
            anyio.run(stdio.serve, server)
    except DatabaseToolError as error:
        print(f"kotae: {error}", file=sys.stderr)
        sys.exit(USAGE_OR_SETTINGS)


def _look_less_for_garbage() -> None:
    """A thousand rows are more new objects than set off a search through everything loaded."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(_NEW_OBJECTS_BETWEEN_SEARCHES)


def _close_before_dying(connections: Connections) -> None:
    """A signal ends the statements in the databases first, then this process as it would have.

    An orderly end is no way out: over stdio it would wait for the client's next line.
    """

    def close(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        connections.close()
        os.kill(os.getpid(), number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
