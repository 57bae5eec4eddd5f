"""Fixtures shared by all tests: real database servers, a small real model, isolation."""

import signal
from pathlib import Path

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of two processes (`-n 2`) one has all that looks at a shared server or fetches programs."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    folder = Path(__file__).parent / "mcp_server"
    if item.path.is_relative_to(folder) or "mysql" in item.nodeid:
        return "databases"
    return "e2e" if "e2e" in item.path.parts else item.path.name


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
