"""The chat in a browser: each page is a terminal with a chat of its own behind it."""

from collections.abc import Callable, Sequence

from assistant.errors import WebNotInstalled, WebTokenMissing
from assistant.web.door import OURSELVES


def serve(
    command: Sequence[str], host: str, port: int, token: str, on_ready: Callable[[str], None]
) -> None:
    """Serve the chat that `command` starts until Ctrl-C; `on_ready` hears where.

    Raises WebNotInstalled, WebTokenMissing when other machines can reach `host` and there is
    no token, PortTaken.
    """
    if host not in OURSELVES and not token:
        raise WebTokenMissing(host=host)
    try:
        from assistant.web.server import ChatServer
    except ImportError as error:
        raise WebNotInstalled from error
    ChatServer(command, host, port, token, on_ready).run()
