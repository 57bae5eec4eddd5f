import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from mcp import Client
from sqlalchemy.engine import make_url

from mcp_server.errors import TunnelFailed
from mcp_server.server import create_server
from mcp_server.settings import load
from mcp_server.settings_values import Tunnel
from mcp_server.tunnel import SshTunnel
from tests.fixtures.certificates import certificate_for
from tests.fixtures.databases import MARIADBD, free_port, private_mariadb
from tests.fixtures.sshd import Bastion
from tests.fixtures.waiting import until
from tests.mcp_server.conftest import execute

TWO = "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (42)"


@pytest.fixture
def on_path(bastion: Bastion, monkeypatch: pytest.MonkeyPatch) -> Bastion:
    """The bastion, its ssh the first on PATH."""
    monkeypatch.setenv("PATH", bastion.path)
    return bastion


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port beyond the tunnel."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def tunnel(bastion: Bastion, port: int) -> SshTunnel:
    parts = make_url(bastion.url)
    assert parts.host
    return SshTunnel(Tunnel(parts.host, parts.username or "", parts.port), "127.0.0.1", port)


def children() -> list[psutil.Process]:
    """Every ssh below this process."""
    return [c for c in psutil.Process().children(recursive=True) if c.name() == "ssh"]


def configured(tmp_path: Path, url: str, more: str) -> Client:
    config = tmp_path / "kotae.toml"
    config.write_text(f'[connections.far]\nurl = "{url}"\n{more}\n', encoding="utf-8")
    return Client(create_server(load(config, environ={})))


async def test_a_database_is_asked_through_one_ssh_that_ends_with_the_server(
    tmp_path: Path, mariadb: str, on_path: Bastion
) -> None:
    execute(mariadb, TWO)
    url = make_url(mariadb).render_as_string(False)
    async with configured(tmp_path, url, f'tunnel = "{on_path.url}"') as client:
        assert children() == []
        for _ in range(3):
            result = await client.call_tool("query", {"sql": "SELECT a FROM t"})
            assert "42" in str(result.structured_content), result.content
        assert len(children()) == 1

    assert children() == []


@pytest.mark.skipif(not MARIADBD, reason="no mariadbd: install the package mariadb-server")
async def test_tls_is_verified_against_the_real_name_through_the_tunnel(
    tmp_path: Path, on_path: Bastion
) -> None:
    ca = certificate_for("localhost", tmp_path)
    home = tmp_path / "server"
    home.mkdir()
    with private_mariadb(home, f"--ssl-cert={ca}", f"--ssl-key={tmp_path / 'key.pem'}") as admin:
        answers = []
        for host in ("localhost", "127.0.0.1"):
            url = make_url(admin).set(host=host, database="mysql").render_as_string(False)
            more = f'tls = "verified"\ntunnel = "{on_path.url}"'
            async with configured(tmp_path, f"{url}?ssl_ca={ca}", more) as client:
                answers.append(await client.call_tool("query", {"sql": "SELECT 42"}))

    named, other = answers
    assert "42" in str(named.structured_content), named.content
    assert other.meta
    assert other.meta["kotae/error"]["code"] == "ServerUnverified"


async def test_what_ssh_says_is_told_with_what_to_type(
    tmp_path: Path, mariadb: str, on_path: Bastion
) -> None:
    (on_path.home / "known_hosts").write_text("", encoding="utf-8")
    url = make_url(mariadb).render_as_string(False)
    async with configured(tmp_path, url, f'tunnel = "{on_path.url}"') as client:
        result = await client.call_tool("query", {"sql": "SELECT 1"})

    port = make_url(on_path.url).port
    assert "Host key verification failed." in str(result.content)
    assert f"by hand: ssh -p {port} " in str(result.content)
    assert children() == []


def test_without_an_ssh_command_the_error_says_so(
    bastion: Bastion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(TunnelFailed, match="no ssh command"):
        tunnel(bastion, 1).connect()


def test_nobody_at_the_other_machine_is_told(on_path: Bastion) -> None:
    nobody = SshTunnel(Tunnel("127.0.0.1", "", free_port()), "127.0.0.1", 1)

    with pytest.raises(TunnelFailed, match="refused"):
        nobody.connect()
    assert children() == []


def test_only_this_user_reaches_the_near_end(on_path: Bastion, listener: socket.socket) -> None:
    through = tunnel(on_path, listener.getsockname()[1])
    with through.connect() as near:
        path = Path(near.getpeername())
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
    through.close()

    assert not path.parent.exists()


def test_a_tunnel_that_broke_is_opened_again(on_path: Bastion, listener: socket.socket) -> None:
    through = tunnel(on_path, listener.getsockname()[1])
    through.connect().close()
    [broken] = children()
    broken.kill()
    broken.wait(30)
    until(lambda: not children() or children()[0].status() == psutil.STATUS_ZOMBIE)

    through.connect().close()

    assert len(children()) == 1
    through.close()
    assert children() == []


def test_ssh_ends_when_its_starter_is_killed(on_path: Bastion, listener: socket.socket) -> None:
    parts = make_url(on_path.url)
    port = listener.getsockname()[1]
    code = (
        "import signal\n"
        "from mcp_server.settings_values import Tunnel\n"
        "from mcp_server.tunnel import SshTunnel\n"
        f"tunnel = SshTunnel(Tunnel({parts.host!r}, {parts.username!r}, {parts.port}),"
        f" '127.0.0.1', {port})\n"
        "near = tunnel.connect()\n"
        "print('open', flush=True)\n"
        "signal.pause()\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root, env=dict(os.environ)
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == b"open\n"
        family = psutil.Process(starter.pid).children(recursive=True)
        assert "ssh" in {process.name() for process in family}
        starter.send_signal(signal.SIGKILL)

    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
