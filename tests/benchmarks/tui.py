"""How soon the chat is there and how quick it stays, measured on a pseudo-terminal.

Prints a table of what was measured beside what is wanted; exit code 1 when something is missed.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.terminal import Terminal

STARTS, KEYS, SCROLLS = 5, 60, 40
COLD = [sys.executable, "-m", "assistant.cli", "--endpoint", "http://127.0.0.1:9/v1"]
CHAT = [sys.executable, "-m", "tests.benchmarks.tui_chat"]
INVITATION = "our question"
"""In the empty line; its first letter is under the cursor, and so painted apart."""
PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: in milliseconds or MiB, as `unit` says."""

    what: str
    measured: float
    wanted: float
    unit: str = "ms"

    @property
    def met(self) -> bool:
        return self.measured < self.wanted

    def __str__(self) -> str:
        mark = "ok" if self.met else "MISSED"
        return (
            f"{self.what:<52}{self.measured:>8.0f} {self.unit:<4}"
            f" wanted < {self.wanted:>4.0f} {self.unit:<4} {mark}"
        )


def cold_start(env: dict[str, str]) -> list[Line]:
    """`kotae` from a new process: the first paint, a key's echo, memory once all is loaded."""
    paints, inputs, memory = [], [], 0.0
    for _ in range(STARTS):
        with Terminal(COLD, env) as terminal:
            paints.append(terminal.until(INVITATION) - terminal.started)
            terminal.send("Ω")
            inputs.append(terminal.until("Ω") - terminal.started)
            terminal.until("not available")
            memory = max(memory, terminal.mebibytes)
    return [
        Line("cold start to first paint, median", 1000 * statistics.median(paints), 700),
        Line("cold start to input accepted, median", 1000 * statistics.median(inputs), 900),
        Line("memory without the model", memory, 150, "MiB"),
    ]


def keys_while_streaming(env: dict[str, str]) -> list[Line]:
    """Each key is a letter that is nowhere else on the screen."""
    with Terminal([*CHAT, "stream"], env) as terminal:
        terminal.until("ready")
        terminal.send("q\r")
        terminal.until("SELECT")
        times = []
        for number in range(KEYS):
            terminal.settle(0.07)
            letter = chr(0x0401 + number)
            sent = terminal.send(letter)
            times.append(terminal.until(letter) - sent)
    return [Line("key to screen at 50 tok/s, p95", 1000 * _p95(times), 30)]


def scrolling(env: dict[str, str]) -> list[Line]:
    """A page at a time through a thousand messages; to the last byte of each paint."""
    with Terminal([*CHAT, "messages"], env) as terminal:
        terminal.until("restored")
        terminal.until("ready")
        terminal.settle(1.0)
        terminal.send("\x1b[Z")  # to the conversation
        terminal.settle(0.3)
        times = []
        for key in [PAGE_UP] * SCROLLS + [PAGE_DOWN] * SCROLLS:
            sent = terminal.send(key)
            times.append(terminal.painted() - sent)
        memory = terminal.mebibytes
    return [
        Line("a page of 1,000 messages, p95", 1000 * _p95(times), 50),
        Line("memory with 1,000 messages", memory, 150, "MiB"),
    ]


def many_rows(env: dict[str, str]) -> list[Line]:
    """From Enter to the first value of 10,000 rows of eight columns."""
    times = []
    for _ in range(3):
        with Terminal([*CHAT, "rows"], env) as terminal:
            terminal.until("ready")
            terminal.settle(0.5)
            sent = terminal.send("q\r")
            times.append(terminal.until("株式会社0") - sent)
    return [Line("10,000 rows to the first of them, median", 1000 * statistics.median(times), 300)]


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> int:
    """Measure all; prints each line as soon as it is known."""
    measures: list[Callable[[dict[str, str]], list[Line]]]
    measures = [cold_start, keys_while_streaming, scrolling, many_rows]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "empty.db"
        database.touch()
        env = {
            "KOTAE_DATABASE_URL": f"sqlite:///{database}",
            "KOTAE_STATE_DIR": folder,
            "KOTAE_LANGUAGE": "en",
            "TEXTUAL_ANIMATIONS": "none",
            "PYTHONPATH": os.getcwd(),
        }
        lines: list[Line] = []
        for measure in measures:
            for line in measure(env):
                print(line, flush=True)
                lines.append(line)
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
