"""What a report costs: `make bench-report`, or python -m tests.benchmarks.report.

The questions of examples/reports/monthly_sales.toml on the sample, through the product's own
path. The example's lock is left aside for the first run, so that the model writes every SQL.
"""

import argparse
import asyncio
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.cli.report_database import open_database
from assistant.cli.wiring import open_staff
from assistant.events import Progress
from assistant.report.outcome import Finished
from assistant.report.parameters import parameter_values
from assistant.report.questions import Question
from assistant.report.reading import read_questions
from assistant.report.runner import Job, run_report
from assistant.report.writers import write_report
from assistant.report.writers.pdf import find_browser
from inference.background import stop
from mcp_server.samples.loader import load
from tests.assistant.report.documents import long_document
from tests.fixtures.models import KOTAE

EXAMPLE = Path(__file__).parents[2] / "examples" / "reports" / "monthly_sales.toml"


class Stopwatch:
    """A watcher that adds up what the model took, from the moment it was ready."""

    def __init__(self) -> None:
        self.model_seconds = 0.0
        self.answered = 0
        self.first: float | None = None

    def started(self, question: Question) -> None:
        self.first = self.first or time.perf_counter()

    def progressed(self, progress: Progress) -> None:
        pass

    def finished(self, finished: Finished) -> None:
        self.model_seconds += finished.answer.usage.seconds
        self.answered += finished.ok


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    what: str
    measured: str
    wanted: str


def first_run(database: str, model: str, jobs: int, folder: Path) -> tuple[Stopwatch, float]:
    """All questions asked of the model, on a server that is started for it with `jobs` slots.

    Seconds run from the first question to the report.
    """
    folder.mkdir()
    file = Path(shutil.copy(EXAMPLE, folder))
    questions = read_questions(file)
    job = Job(file, questions, folder / "out", parameter_values(questions, {}))
    watch = Stopwatch()
    staff = open_staff(database, model, None, jobs)
    try:
        asyncio.run(run_report(job, open_database(database), staff, watch))
    finally:
        stop()
    assert watch.first is not None
    return watch, time.perf_counter() - watch.first


def locked_run(database: str, folder: Path) -> float:
    """Seconds of the whole command, the example's own lock used, no model anywhere."""
    folder.mkdir()
    for path in EXAMPLE.parent.glob(f"{EXAMPLE.name}*"):
        shutil.copy(path, folder)
    command = [*KOTAE, "report", str(folder / EXAMPLE.name), "-o", str(folder / "out")]
    started = time.perf_counter()
    subprocess.run([*command, "-d", database], check=True, capture_output=True)
    return time.perf_counter() - started


def opening(folder: Path, questions: int, rows: int) -> float:
    """Seconds until a browser that is new has loaded a long page; less those for an empty one."""
    folder.mkdir()
    document = replace(long_document(questions, rows), title=f"{questions} x {rows}")
    write_report(document, folder, ("html",))
    (folder / "empty.html").write_text("<!doctype html>", encoding="utf-8")
    empty = min(_load(folder / "empty.html", folder) for _ in range(3))
    return min(_load(folder / "report.html", folder) for _ in range(3)) - empty


def _load(page: Path, folder: Path) -> float:
    root = ["--no-sandbox"] if sys.platform == "linux" and os.geteuid() == 0 else []
    picture = f"--screenshot={folder / 'page.png'}"  # taken once the page is loaded and painted
    flags = ["--headless", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", picture]
    started = time.perf_counter()
    subprocess.run([find_browser(), *root, *flags, page.as_uri()], check=True, capture_output=True)
    return time.perf_counter() - started


def measured(model: str | None, folder: Path) -> list[Line]:
    """All lines; those that need the model only with one."""
    database = str(folder / "sales.db")
    load("sales", f"sqlite:///{database}", lambda _: None)
    lines = [
        Line("locked re-run, 22 questions", f"{locked_run(database, folder / 'a'):.1f} s", "< 3 s"),
        Line(
            "HTML of 100 x 1,000 rows opens",
            f"{opening(folder / 'page', 100, 1000):.1f} s",
            "< 2 s",
        ),
    ]
    if model:
        lines += model_lines(database, model, folder)
    return lines


def model_lines(database: str, model: str, folder: Path) -> list[Line]:
    """One question at a time and, where the cores gain from it, two.

    Turn about, so that a machine that slows down is fair to both.
    """
    seconds: dict[int, list[float]] = {1: [], 2: []}
    overheads = []
    for turn, jobs in enumerate((1, 2, 2, 1)):
        watch, took = first_run(database, model, jobs, folder / f"{turn}")
        seconds[jobs].append(took)
        if jobs == 1:
            overheads.append(took / watch.model_seconds)
    one, two = map(sum, seconds.values())
    return [
        Line(f"first run, {watch.answered} answered", f"{one / 2:.0f} s", ""),
        Line("the same against the model's own time", f"{max(overheads):.2f} x", "<= 1.15 x"),
        Line("--jobs 2 against --jobs 1", f"{one / two:.2f} x", ">= 1.3 x with the cores"),
    ]


def main() -> None:
    """Print the table, the machine and the date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--no-model", action="store_true", help="only what needs no model")
    wish = parser.parse_args()
    with TemporaryDirectory() as folder:
        os.environ["KOTAE_STATE_DIR"] = folder  # a model server that others use is left alone
        lines = measured(None if wish.no_model else wish.model, Path(folder))
    print(f"{wish.model}, {platform.machine()}, {platform.system()}, {date.today().isoformat()}\n")
    print("| what | measured | wanted |\n|---|--:|--:|")
    for line in lines:
        print(f"| {line.what} | {line.measured} | {line.wanted} |")


if __name__ == "__main__":
    main()
