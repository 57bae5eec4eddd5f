"""A way to a database through another machine, by the system's own ssh.

One `ssh -N -L` serves all connections to its database. It starts with the first of them and
ends with the server, however that ends. Keys, known hosts and agents are those of ssh; it asks
nobody anything. The near end is a socket in a folder that only this user may enter; where
Python has no such sockets (Windows) it is a loopback port.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from mcp_server.errors import TunnelFailed
from mcp_server.settings import ConnectionSettings
from mcp_server.settings_values import Tunnel

_GUARD = Path(__file__).with_name("tunnel_guard.py")
_SECONDS_TO_OPEN = 20
_SECONDS_BETWEEN_TRIES = 0.05
_SECONDS_TO_END = 5
_OPTIONS = (
    "BatchMode=yes",
    "ExitOnForwardFailure=yes",
    "ConnectTimeout=10",
    "ServerAliveInterval=15",
    # A shared connection of the user would keep our forwarding when we are gone.
    "ControlMaster=no",
    "ControlPath=none",
    "PermitLocalCommand=no",
)

Address = str | tuple[str, int]


def tunnel_of(settings: ConnectionSettings) -> "SshTunnel | None":
    if settings.tunnel is None:
        return None
    return SshTunnel(settings.tunnel, settings.url.host or "localhost", settings.url.port or 3306)


class SshTunnel:
    """Opens sockets to `host`:`port` as seen from the machine that `tunnel` names."""

    def __init__(self, tunnel: Tunnel, host: str, port: int) -> None:
        self._tunnel, self._far = tunnel, f"{host}:{port}"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._near: Address = ""
        self._said: IO[bytes] | None = None

    def connect(self) -> socket.socket:
        """A socket to the database; the tunnel is opened when it is not open. Raises TunnelFailed.

        A port that waits says nothing of the far end: that is for whoever speaks through it.
        """
        with self._lock:
            if self._process is not None:
                with suppress(OSError):
                    return _connected(self._near)
                self._end()
            self._start()
            return self._first(time.monotonic() + _SECONDS_TO_OPEN)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _start(self) -> None:
        ssh = shutil.which("ssh")
        if ssh is None:
            raise self._failed("there is no ssh command; install OpenSSH's client")
        self._folder = tempfile.mkdtemp(prefix="kotae-")
        self._near, near = _free_address(self._folder)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - read when ssh ends
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_GUARD), ssh, *self._arguments(near)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is for us
        )

    def _arguments(self, near: str) -> list[str]:
        options = [word for option in _OPTIONS for word in ("-o", option)]
        user = ["-l", self._tunnel.user] if self._tunnel.user else []
        port = ["-p", str(self._tunnel.port)] if self._tunnel.port else []
        forward = ["-L", f"{near}:{self._far}"]
        return ["-N", "-T", "-a", "-x", *options, *forward, *user, *port, "--", self._tunnel.host]

    def _first(self, deadline: float) -> socket.socket:
        """The first connection: it waits until ssh has the near end open."""
        while True:
            try:
                return _connected(self._near)
            except OSError as error:
                self._give_up(error, deadline)
            time.sleep(_SECONDS_BETWEEN_TRIES)

    def _give_up(self, error: OSError, deadline: float) -> None:
        if self._process is None or self._process.poll() is not None:
            said = self._last_line()
            self._end()
            raise self._failed(said) from error
        if time.monotonic() > deadline:
            self._end()
            raise self._failed(f"no answer in {_SECONDS_TO_OPEN} s") from error

    def _last_line(self) -> str:
        """What ssh said before it ended."""
        if self._said is None:
            return ""
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "ssh ended")

    def _failed(self, message: str) -> TunnelFailed:
        return TunnelFailed(tunnel=self._tunnel, message=message, command=self._tunnel.command)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.stdin:
                process.stdin.close()  # the guard ends ssh
            try:
                process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._said is not None:
            self._said.close()
            self._said = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _free_address(folder: str) -> tuple[Address, str]:
    """The near end, for us and for ssh."""
    if hasattr(socket, "AF_UNIX"):
        path = str(Path(folder) / "database")
        return path, path
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return ("127.0.0.1", port), f"127.0.0.1:{port}"


def _connected(address: Address) -> socket.socket:
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    near = socket.socket(kind, socket.SOCK_STREAM)
    try:
        near.connect(address)
    except OSError:
        near.close()
        raise
    return near
