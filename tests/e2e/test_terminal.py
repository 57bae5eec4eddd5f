"""The chat in a real terminal: tmux draws it, types into it, and sees what is left behind."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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

    @property
    def shell(self) -> str:
        """The shell's process."""
        return self.tmux("display-message", "-p", "#{pane_pid}").strip()

    def shows(self, *texts: str) -> None:
        """Wait until all of these stand on the screen."""
        self.until(lambda: all(text in "\n".join(self.lines) for text in texts), texts)

    def until(self, condition: Callable[[], bool], wish: object = "what was awaited") -> None:
        """Wait for it, not forever; another process draws the screen, so look often."""
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, "\n".join([f"no {wish} on", *self.lines])
            time.sleep(0.05)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.tmux("kill-server")


CHECK = "stty -a | cksum"


def run(terminal: Terminal, argument: str = "") -> str:
    """Start the chat between two looks at the terminal's settings; its modes before."""
    terminal.type(f"PS1=; clear; {CHECK}; echo befor''e", "Enter")
    terminal.until(lambda: "before" in terminal.lines)
    modes = terminal.modes
    command = f"{sys.executable} -m tests.e2e.scripted_chat {argument}"
    terminal.type(f"{command}; echo code=$?; {CHECK}; echo afte''r", "Enter")
    terminal.shows("🔒 sales · gpt-oss-20b · ready", "F1 help")
    assert terminal.modes != modes
    return modes


def left_as_it_was(terminal: Terminal, modes: str) -> None:
    """Both looks saw the same, and nothing of the chat is left."""
    terminal.until(lambda: "after" in terminal.lines)
    assert terminal.modes == modes
    settings = [line for line in terminal.lines if re.fullmatch(r"\d+ \d+", line)]
    assert len(settings) == 2
    assert len(set(settings)) == 1
    assert "before" in terminal.lines
    assert not any("F1 help" in line for line in terminal.lines)


@pytest.mark.parametrize("quit_key", ["C-q", "C-c"])
def test_ask_cancel_resize_ask_again_and_quit_leaves_the_terminal_as_it_was(
    terminal: Terminal, quit_key: str
) -> None:
    modes = run(terminal)
    terminal.type("2025年の売上合計は？", "Enter")
    terminal.shows("❯ 2025年の売上合計は？", "SELECT stuck FROM", "answering")
    terminal.press("Escape")
    terminal.shows("Cancelled.", "ready")

    terminal.tmux("resize-window", "-x", "132", "-y", "40")
    terminal.type("東京都と大阪府の売上は？", "Enter")
    terminal.shows("❯ 東京都と大阪府の売上は？", "東京都が最多です。", "12,345", "2 rows")
    terminal.until(lambda: len(terminal.lines) == 40 and "ready" in terminal.lines[-1])
    terminal.tmux("resize-window", "-x", "80", "-y", "24")
    terminal.until(lambda: len(terminal.lines) == 24 and "ready" in terminal.lines[-1])

    terminal.press(quit_key)
    terminal.shows("code=0")
    left_as_it_was(terminal, modes)


def test_a_crash_leaves_the_terminal_as_it_was_and_says_what_happened(terminal: Terminal) -> None:
    terminal.tmux("resize-window", "-x", "132", "-y", "200")  # for all of its traceback
    modes = run(terminal, "crash")
    terminal.type("q", "Enter")
    terminal.shows("SELECT stuck FROM")
    terminal.press("Escape")
    terminal.shows("ZeroDivisionError")
    left_as_it_was(terminal, modes)


def test_a_chat_that_is_told_to_end_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    modes = run(terminal)
    terminal.tmux("run-shell", f"kill $(ps -o pid= --ppid {terminal.shell})")
    terminal.shows("code=0")
    left_as_it_was(terminal, modes)
