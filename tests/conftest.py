"""Fixtures shared by all tests: real database servers, a small real model, isolation."""

import signal
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.models",
    "tests.fixtures.gpt_oss",
    "tests.fixtures.sales",
    "tests.fixtures.wordpress",
    "tests.fixtures.scripted_model",
    "tests.fixtures.sshd",
]


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start, also where a shell in the background hides it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("KOTAE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("KOTAE_ENGINES_DIR", str(tmp_path / "engines"))
    monkeypatch.setenv("KOTAE_IDLE_MINUTES", "0")
    monkeypatch.chdir(tmp_path)
