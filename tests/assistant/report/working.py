"""A report's run over the shop in SQLite, its model scripted; nothing else is made up."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.cli.report_database import open_database
from assistant.events import Answer, Answered, Column, Progress, QueryResult
from assistant.report.outcome import Finished
from assistant.report.parameters import parameter_values
from assistant.report.questions import Question
from assistant.report.reading import read_questions
from assistant.report.runner import Job, Outcome, run_report
from assistant.report.staff import OpenStaff, Staff
from tests.assistant.scripted import USAGE, ScriptedAsker, Step

START = datetime.fromisoformat("2026-01-05T09:00:00+09:00")


class Clock:
    """A step later every time."""

    def __init__(self, step: timedelta = timedelta(seconds=1)) -> None:
        self.now, self._step = START, step

    def __call__(self) -> datetime:
        self.now += self._step
        return self.now


class Log:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, question: Question) -> None:
        self.lines.append(f"started {question.id}")

    def progressed(self, progress: Progress) -> None:
        self.lines.append(progress.stage)

    def finished(self, finished: Finished) -> None:
        self.lines.append(f"{finished.question.id} {finished.answer.status} {finished.origin}")


def wrote(sql: str, *rows: tuple[Any, ...], sentence: str = "", **columns: str) -> list[Step]:
    """What the loop tells when the model wrote this statement and these rows came back."""
    heads = tuple(Column(name, kind) for name, kind in columns.items())
    found = QueryResult(heads, rows, None, 1.0, sql)
    answer = Answer(
        "answered", "An answer.", sql, found, usage=USAGE, model="m", sentence=sentence
    )  # fmt: skip
    return [Answered(answer)]


def staff(*askers: ScriptedAsker, summary: str = "") -> OpenStaff:
    """Opens these askers; the summary's writer replies `summary`."""

    @asynccontextmanager
    async def opened(on_progress: Callable[[Progress], None]) -> AsyncIterator[Staff]:
        on_progress(Progress("starting", 0.4, "model.gguf"))

        async def write(system: str, user: str, schema: dict[str, Any]) -> str:
            return summary

        yield Staff(askers, write)

    return opened


def nobody(error: Exception) -> OpenStaff:
    """A model that is not to be had."""

    @asynccontextmanager
    async def opened(on_progress: Callable[[Progress], None]) -> AsyncIterator[Staff]:
        raise error
        yield

    return opened


class Desk:
    """A folder with the shop, a question file and a place for the report."""

    def __init__(self, folder: Path, shop: Path) -> None:
        self.file, self.shop, self.out = folder / "q.toml", shop, folder / "out"
        self.lock = folder / "q.toml.lock"
        self.clock, self.log = Clock(), Log()

    def writes(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def job(self, given: dict[str, str] | None = None, **options: Any) -> Job:
        file = read_questions(self.file)
        return Job(self.file, file, self.out, parameter_values(file, given or {}), **options)

    async def run(self, opener: OpenStaff, job: Job | None = None) -> Outcome:
        database = open_database(str(self.shop))
        return await run_report(job or self.job(), database, opener, self.log, self.clock)
