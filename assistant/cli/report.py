"""`kotae report`: a file of questions in, a report out."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress as Bar

from assistant.cli.console import our_errors, reporting_errors, say, step_progress
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.events import Progress
    from assistant.report.questions import Question, QuestionFile
    from assistant.report.writers import Finished


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="report", help=t("report.help"))(report)


def report(
    file: Annotated[Path, typer.Argument(help=t("report.file"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=t("report.output"))],
    database: Annotated[str | None, typer.Option(help=t("report.database"))] = None,
    model: Annotated[str | None, typer.Option(help=t("report.model"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("report.endpoint"))] = None,
) -> None:
    """Answer every question of the file; the exit code says whether all were answered."""
    from assistant.report.questions import read_questions
    from assistant.report.runner import run_report

    with reporting_errors(*our_errors()):
        questions = read_questions(file)
        from assistant.cli.wiring import open_asker

        opener = open_asker(database, model, endpoint)
        with step_progress() as bar:
            narrator = _Narrator(bar, questions)
            outcome = asyncio.run(run_report(questions, opener, output, narrator))
        say(
            t(
                "report.done",
                answered=outcome.answered,
                failed=outcome.failed,
                path=output / "report.md",
            )
        )
    sys.exit(outcome.exit_code)


class _Narrator:
    """Tells the run on standard error: a bar for the whole, a line for each question."""

    def __init__(self, bar: Bar, file: "QuestionFile") -> None:
        self._bar = bar
        self._total = len(file.questions)
        self._done = 0
        self._label = t("report.loading")
        self._task = bar.add_task(self._label, total=self._total)

    def started(self, question: "Question") -> None:
        self._label = question.id
        self._bar.update(self._task, description=self._label)

    def progressed(self, progress: "Progress") -> None:
        share = "" if progress.done is None else f" {progress.done:.0%}"
        description = f"{self._label}{share} {progress.detail}".rstrip()
        self._bar.update(self._task, description=description)

    def finished(self, finished: "Finished") -> None:
        self._done += 1
        self._bar.update(self._task, completed=self._done)
        answer = finished.answer
        outcome = t("report.outcome_other", reason=answer.text)
        if finished.ok:
            rows = answer.result.row_count if answer.result else 0
            outcome = t("report.outcome_answered", rows=rows, seconds=f"{answer.usage.seconds:.1f}")
        say(
            t(
                "report.finished",
                number=self._done,
                total=self._total,
                id=finished.question.id,
                outcome=outcome,
            )
        )
