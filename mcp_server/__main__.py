"""`python -P -m mcp_server`: the tools over stdio, or with --http over streamable HTTP.

Over stdio, standard output carries the protocol only.
"""

import argparse
import gc
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> None:
    """Serve as the words say, by default those of the command line."""
    arguments = _arguments(words)
    gc.disable()  # until all is imported: nothing of it is garbage, and looking costs a tenth
    from mcp_server import serving

    serving.serve((arguments.host, arguments.port) if arguments.http else None)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -P -m mcp_server", description=__doc__)
    parser.add_argument("--http", action="store_true", help="serve at http://HOST:PORT/mcp")
    parser.add_argument("--host", default="127.0.0.1", help="another one needs KOTAE_MCP_TOKEN")
    parser.add_argument("--port", type=int, default=8765)
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
