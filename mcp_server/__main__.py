"""`python -P -m mcp_server`: the tools over stdio. Standard output carries the protocol only."""

import sys

from mcp_server.errors import DatabaseToolError
from mcp_server.server import create_server
from mcp_server.settings import load

USAGE_OR_SETTINGS = 2


def main() -> None:
    try:
        settings = load()
    except DatabaseToolError as error:
        print(f"kotae: {error}", file=sys.stderr)
        sys.exit(USAGE_OR_SETTINGS)
    create_server(settings).run("stdio")


if __name__ == "__main__":
    main()
