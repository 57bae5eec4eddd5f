"""`kotae report`: a file of questions in, a report out."""

import asyncio
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import our_errors, reporting_errors, say
from assistant.locale import t

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from assistant.events import Progress
    from assistant.report.runner import Job, Outcome
    from assistant.report.staff import OpenDatabase, OpenStaff, Staff

POLL_SECONDS = 0.5


class FailOn(StrEnum):
    """What makes the exit code 1."""

    ERROR = "error"
    EXPECTATION = "expectation"
    DOUBT = "doubt"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="report", help=t("report.help"))(report)


def report(  # noqa: PLR0913, PLR0917 - each is an option that a person types
    file: Annotated[Path, typer.Argument(help=t("report.file"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=t("report.output"))],
    database: Annotated[
        str | None, typer.Option("--database", "-d", help=t("report.database"))
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help=t("report.model"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("report.endpoint"))] = None,
    format: Annotated[
        str, typer.Option("--format", "-f", help=t("report.format"))
    ] = "html,md,json",
    parameters: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=t("report.set"))
    ] = None,
    only: Annotated[str, typer.Option(help=t("report.only"))] = "",
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help=t("report.jobs"))] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help=t("report.timeout"))] = None,
    fail_on: Annotated[FailOn, typer.Option(help=t("report.fail_on"))] = FailOn.ERROR,
    bom: Annotated[bool, typer.Option("--bom", help=t("report.bom"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t("report.dry_run"))] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help=t("report.fresh"))] = False,
    update: Annotated[bool, typer.Option("--update", help=t("report.update"))] = False,
    watch: Annotated[bool, typer.Option("--watch", help=t("report.watch"))] = False,
) -> None:
    """Answer every question of the file; the exit code says whether all were answered."""

    def run() -> int:
        with reporting_errors(*our_errors()):
            job = _job(file, output, format, parameters or [], only)
            job = _with_flags(job, timeout=timeout, bom=bom, fresh=fresh, update=update)
            named = database or job.file.database
            return _run(job, _openers(named, model, endpoint, jobs), fail_on, dry_run=dry_run)

    sys.exit(_watch(file, run) if watch else run())


def _job(file: Path, output: Path, format: str, parameters: list[str], only: str) -> "Job":
    from assistant.report.parameters import filled_file, parameter_values
    from assistant.report.reading import read_questions
    from assistant.report.runner import Job
    from assistant.report.writers import chosen_formats

    questions = read_questions(file)
    values = parameter_values(questions, _pairs(parameters))
    filled_file(questions, values)  # a name that no parameter has is told before anything runs
    ids = frozenset(filter(None, map(str.strip, only.split(","))))
    _refuse_unknown(ids, [question.id for question in questions.questions])
    formats = chosen_formats(format)
    if "pdf" in formats:
        from assistant.report.writers.pdf import find_browser

        find_browser()
    return Job(file, questions, output, values, formats, only=ids)


def _pairs(parameters: list[str]) -> dict[str, str]:
    pairs = {}
    for pair in parameters:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair}: NAME=VALUE", param_hint="--set")
        pairs[name.strip()] = value
    return pairs


def _refuse_unknown(ids: frozenset[str], known: list[str]) -> None:
    from difflib import get_close_matches

    from assistant.errors import UnknownQuestionId

    for id in sorted(ids - set(known)):
        raise UnknownQuestionId(id=id, nearest=get_close_matches(id, known, n=1, cutoff=0)[0])


def _with_flags(
    job: "Job", *, timeout: float | None, bom: bool, fresh: bool, update: bool
) -> "Job":
    from dataclasses import replace

    return replace(job, timeout=timeout, bom=bom, fresh=fresh, update=update)


def _openers(
    database: str | None, model: str | None, endpoint: str | None, jobs: int | None
) -> "tuple[OpenDatabase, OpenStaff]":
    from assistant.cli.report_database import open_database

    def open_staff(
        on_progress: "Callable[[Progress], None]",
    ) -> "AbstractAsyncContextManager[Staff]":
        from assistant.cli import wiring  # brings the model's client along

        return wiring.open_staff(database, model, endpoint, jobs)(on_progress)

    return open_database(database), open_staff


def _run(
    job: "Job", openers: "tuple[OpenDatabase, OpenStaff]", fail_on: FailOn, *, dry_run: bool
) -> int:
    from assistant.cli.report_progress import ReportProgress
    from assistant.report.preview import statements
    from assistant.report.runner import run_report

    open_database, open_staff = openers
    if dry_run:
        for line in asyncio.run(statements(job, open_database)):
            typer.echo(line)
        return 0
    count = len(job.only) or len(job.file.questions)
    with ReportProgress(count) as progress:
        outcome = asyncio.run(run_report(job, open_database, open_staff, progress))
    say(
        t(
            "report.done",
            answered=outcome.answered,
            failed=outcome.failed,
            doubtful=outcome.doubtful,
            path=", ".join(map(str, outcome.files)),
        )
    )
    return _exit_code(outcome, fail_on)


def _exit_code(outcome: "Outcome", fail_on: FailOn) -> int:
    if outcome.unreachable:
        return 3
    expected = fail_on is not FailOn.ERROR and outcome.broken
    doubted = fail_on is FailOn.DOUBT and outcome.doubtful
    return int(bool(outcome.failed or expected or doubted))


def _watch(file: Path, run: Callable[[], int]) -> int:
    """Run now and whenever the file is saved, until Ctrl-C."""
    seen: object = None
    try:
        while True:
            if (saved := _saved(file)) != seen:
                seen = saved
                try:
                    run()
                except SystemExit as end:  # told already; the next save may be better
                    if end.code == 130:
                        return 130
                say(t("report.watching", path=file))
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return 130


def _saved(file: Path) -> object:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
