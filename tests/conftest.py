"""Fixtures shared by all tests: real database servers, a small real model, isolation."""

import signal
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.models",
    "tests.fixtures.gpt_oss",
    "tests.fixtures.samples",
    "tests.fixtures.scripted_model",
    "tests.fixtures.sshd",
]


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start, also where a shell in the background hides it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Turns(LoadScopeScheduling):
    """All that looks at a shared database server, or fetches programs of others, in one process."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith("tests/mcp_server/") or "mysql" in nodeid:
            return "databases"
        return "e2e" if path.startswith("tests/e2e/") else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Turns:
    """How `-n 2` shares the tests out."""
    return Turns(config, log)


@pytest.fixture
def anyio_backend() -> str:
    """The product runs on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the developer's own settings, language or working directory."""
    for name in (
        "KOTAE_DATABASE_URL",
        "KOTAE_CONFIG",
        "KOTAE_LANGUAGE",
        "KOTAE_ENDPOINT",
        "KOTAE_OFFLINE",
        "COLUMNS",  # a terminal of a test has a size of its own
        "LINES",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("KOTAE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("KOTAE_ENGINES_DIR", str(tmp_path / "engines"))
    monkeypatch.setenv("KOTAE_IDLE_MINUTES", "0")
    monkeypatch.setenv("KOTAE_SESSIONS_FILE", str(tmp_path / "sessions.db"))
    monkeypatch.chdir(tmp_path)
