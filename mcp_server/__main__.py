"""`python -P -m mcp_server`: the tools over stdio, or with --http over streamable HTTP.

Over stdio, standard output carries the protocol only.
"""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence

import anyio

from mcp_server import stdio
from mcp_server.connections import Connections
from mcp_server.errors import DatabaseToolError
from mcp_server.server import create_server
from mcp_server.settings import load

USAGE_OR_SETTINGS = 2
_NEW_OBJECTS_BETWEEN_SEARCHES = 50_000


def main(words: Sequence[str] | None = None) -> None:
    """Serve as the words say, by default those of the command line."""
    arguments = _arguments(words)
    try:
        settings = load()
        connections = Connections(settings)
        _close_before_dying(connections)
        server = create_server(settings, connections)
        _look_less_for_garbage()
        if arguments.http:
            from mcp_server import http

            http.serve(server, arguments.host, arguments.port, settings.http)
        else:
            anyio.run(stdio.serve, server)
    except DatabaseToolError as error:
        print(f"kotae: {error}", file=sys.stderr)
        sys.exit(USAGE_OR_SETTINGS)


def _look_less_for_garbage() -> None:
    """A thousand rows are more new objects than set off a search through everything loaded."""
    gc.freeze()
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


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -P -m mcp_server", description=__doc__)
    parser.add_argument("--http", action="store_true", help="serve at http://HOST:PORT/mcp")
    parser.add_argument("--host", default="127.0.0.1", help="another one needs KOTAE_MCP_TOKEN")
    parser.add_argument("--port", type=int, default=8765)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
