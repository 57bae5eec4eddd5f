"""Our server as its users start it, on a database of the caller's."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fixtures.databases import free_port

COMMAND = (sys.executable, "-P", "-m", "mcp_server")


@contextmanager
def over_http(database: str) -> Iterator[str]:
    """Its URL; the server ends with the block."""
    port = free_port()
    command = [*COMMAND, "--http", "--port", str(port)]
    environment = {**os.environ, "KOTAE_DATABASE_URL": database}
    server = subprocess.Popen(command, env=environment)
    try:
        _listening(port, server)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _listening(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
