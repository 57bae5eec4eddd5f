"""The chat in a real terminal: tmux draws it, types into it, and sees what is left behind."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.tmux import Terminal

pytestmark = pytest.mark.skipif(
    not shutil.which("tmux"), reason="tmux is not installed; install it with: apt-get install tmux"
)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


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


def test_settings_that_are_wrong_are_told_in_a_line_once_the_screen_is_left(
    terminal: Terminal,
) -> None:
    command = f"{sys.executable} -m assistant.cli --database nonsense://x"
    terminal.type(f"{command}; echo code=$?", "Enter")
    terminal.shows("kotae: ", "code=2")
    assert "Traceback" not in "\n".join(terminal.lines)
