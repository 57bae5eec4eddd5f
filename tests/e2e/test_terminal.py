"""The chat in a real terminal: tmux draws it, types into it, and sees what is left behind."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    not shutil.which("tmux"), reason="tmux is not installed; install it with: apt-get install tmux"
)


class Terminal:
    """A shell of 80 by 24 in a tmux server of its own."""

    def __init__(self, directory: Path) -> None:
        self._socket = str(directory / "tmux")
        env = os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        shell = "bash --norc --noprofile"
        size = ("-x", "80", "-y", "24")
        self.tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(ROOT), shell, env=env)

    def tmux(self, *words: str, env: dict[str, str] | None = None) -> str:
        command = ["tmux", "-u", "-S", self._socket, *words]
        done = subprocess.run(
            command, env=env, check=True, capture_output=True, text=True, timeout=20
        )
        return done.stdout

    def type(self, text: str, *keys: str) -> None:
        """Type a text, then press keys."""
        self.tmux("send-keys", "-l", text)
        self.press(*keys)

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen."""
        return self.tmux("capture-pane", "-p").rstrip("\n").splitlines()

    @property
    def modes(self) -> str:
        """Alternate screen, mouse, cursor, as the terminal has them now."""
        flags = "#{alternate_on} #{mouse_any_flag} #{mouse_sgr_flag} #{cursor_flag}"
        return self.tmux("display-message", "-p", flags)

    def shows(self, *texts: str) -> None:
        """Wait until all of these stand on the screen; another process draws it, so look often."""
        deadline = time.monotonic() + 30
        while not all(text in "\n".join(self.lines) for text in texts):
            assert time.monotonic() < deadline, "\n".join([f"no {texts} on", *self.lines])
            time.sleep(0.05)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.tmux("kill-server")


@pytest.mark.parametrize("quit_key", ["C-q", "C-c"])
def test_ask_cancel_ask_again_and_quit_leaves_the_terminal_as_it_was(
    terminal: Terminal, quit_key: str
) -> None:
    terminal.type("stty -a | cksum; echo befor''e", "Enter")
    terminal.shows("\nbefore\n")
    modes, before = terminal.modes, terminal.lines[:3]
    command = (
        f"{sys.executable} -m tests.e2e.scripted_chat; echo code=$?; stty -a | cksum; echo afte''r"
    )
    terminal.type(command, "Enter")
    terminal.shows("🔒 sales · gpt-oss-20b · ready", "Esc cancel")
    assert terminal.modes != modes

    terminal.type("2025年の売上合計は？", "Enter")
    terminal.shows("❯ 2025年の売上合計は？", "SELECT stuck FROM", "answering")
    terminal.press("Escape")
    terminal.shows("Cancelled.", "ready")

    terminal.type("東京都と大阪府の売上は？", "Enter")
    terminal.shows("❯ 東京都と大阪府の売上は？", "東京都が最多です。", "12,345", "2 of 2 rows")

    terminal.press(quit_key)
    terminal.shows("\ncode=0\n", "\nafter\n")
    assert terminal.modes == modes
    assert terminal.lines[:3] == before
    assert "\n".join(terminal.lines).count(before[1]) == 2, "stty settings differ"
    assert "東京都が最多です。" not in terminal.lines
