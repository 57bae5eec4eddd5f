"""The parent of an ssh: ends it when whoever started it is gone, even by SIGKILL.

    python -I tunnel_guard.py COMMAND…

Standard input is a pipe held by the starter; its end ends the tunnel. The exit code is ssh's.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable


def main(command: list[str]) -> int:
    ssh = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_tie_to_guard(),  # noqa: PLW1509 - no thread exists yet
    )
    threading.Thread(target=_watch_starter, args=(ssh,), daemon=True).start()
    return ssh.wait()


def _watch_starter(ssh: "subprocess.Popen[bytes]") -> None:
    # Read without a buffer: its lock, held by this thread, would abort the interpreter at exit.
    while os.read(sys.stdin.fileno(), 1):
        pass
    ssh.terminate()


def _tie_to_guard() -> Callable[[], None] | None:
    """Linux: the kernel ends ssh when this process dies without a chance to act."""
    if sys.platform != "linux":
        return None
    libc, guard = ctypes.CDLL(None), os.getpid()

    def tie() -> None:
        set_parent_death_signal = 1
        libc.prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() != guard:
            os._exit(1)

    return tie


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
