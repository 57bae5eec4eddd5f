"""The parent of a llama-server: ends it when whoever started it is gone.

    python -P -m inference.guard COMMAND…

Standard input is a pipe held by the starter. Its end, for whatever reason, even SIGKILL, ends
the server, and so does SIGTERM to this process. The exit code is the server's, 128 + the signal
when one killed it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

GRACE_SECONDS = 2.0


def main(command: list[str]) -> int:
    """Run the server to its end; returns its exit code."""
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_tie_to_guard(),  # noqa: PLW1509 - no thread exists yet
    )
    signal.signal(signal.SIGTERM, lambda *_: _end(server))
    threading.Thread(target=_watch_starter, args=(server,), daemon=True).start()
    code = server.wait()
    return code if code >= 0 else 128 - code


def _tie_to_guard() -> Callable[[], None] | None:
    """Linux: the kernel kills the server when this process dies without a chance to act."""
    if sys.platform != "linux":
        return None
    libc, guard = ctypes.CDLL(None), os.getpid()

    def tie() -> None:
        set_parent_death_signal = 1
        libc.prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(1)

    return tie


def _watch_starter(server: "subprocess.Popen[bytes]") -> None:
    # Read without a buffer: its lock, held by this thread, would abort the interpreter at exit.
    while os.read(sys.stdin.fileno(), 1):
        pass
    _end(server)


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    killer = threading.Timer(GRACE_SECONDS, server.kill)
    killer.daemon = True
    killer.start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
