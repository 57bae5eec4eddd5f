"""The chat line by line, in a pipe and in a real terminal."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from assistant.sessions.store import Store
from tests.fixtures.waiting import until

ROOT = Path(__file__).parents[2]
CHAT = [sys.executable, "-m", "tests.e2e.scripted_plain"]


def test_a_pipe_gets_answers_on_stdout_and_the_worst_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "sessions.db"
    done = subprocess.run(
        [*CHAT, str(file)], input="売上は？\n2\n\n消えた表は？", cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:3] == ["どちらですか？", "  1. 税込み", "  2. 税抜き"]
    assert lines[3] == "東京都が最多です。"
    assert "東京都      12,345" in done.stdout
    assert "❯" not in done.stdout + done.stderr
    assert "no such table: x" in done.stderr
    with Store(file) as store:
        [session] = store.sessions("sales")
        turns = store.transcript(session.id).turns
    assert [turn.question for turn in turns] == ["売上は？", "税抜き", "消えた表は？"]
    assert [turn.answer.status for turn in turns if turn.answer] == ["ask", "answered", "failed"]


class Terminal:
    """A dumb terminal with the chat in it; what goes in and out of it are pipes."""

    def __init__(self) -> None:
        hold = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
        command = [sys.executable, "-c", hold, *CHAT]
        env = os.environ | {"TERM": "dumb"}
        self._program = subprocess.Popen(
            command, cwd=ROOT, env=env, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.seen = ""

    def until(self, *texts: str) -> None:
        """Read until all of these came since the last time; the timeout of all tests bounds it."""
        assert self._program.stdout
        seen = b""
        while not all(text in seen.decode("utf-8", "replace") for text in texts):
            piece = os.read(self._program.stdout.fileno(), 4096)
            assert piece, seen
            seen += piece
        self.seen += seen.decode("utf-8", "replace")

    def type(self, text: str) -> None:
        assert self._program.stdin
        self._program.stdin.write(text.encode())

    def waits(self) -> None:
        """Until it sleeps: readline hears no Ctrl-C between a key and its wait for the next."""
        [chat] = psutil.Process(self._program.pid).children()
        until(lambda: chat.status() == psutil.STATUS_SLEEPING)

    def ends(self) -> int:
        """Its exit code."""
        with self._program as program:
            return program.wait(30)


def test_in_a_dumb_terminal_ctrl_c_cancels_a_question_and_ctrl_d_ends() -> None:
    terminal = Terminal()
    terminal.until("Ask about sales", "❯")
    terminal.type("売上は？\n")
    terminal.until("SELECT stuck")
    terminal.type("\x03")
    terminal.until("Cancelled.", "❯")
    terminal.type("half a line")
    terminal.until("half a line")
    terminal.waits()
    terminal.type("\x03")
    terminal.until("❯")
    terminal.type("東京都は？\n")
    terminal.until("東京都が最多です。", "12,345", "❯")
    terminal.type("\x04")
    assert terminal.ends() == 0
    assert "\x1b[?1049h" not in terminal.seen
    assert "Traceback" not in terminal.seen
