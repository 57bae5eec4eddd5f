"""`kotae eval`: questions with gold SQL in, accuracy and cost out."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress as Bar
from rich.progress import TaskID

from assistant.cli.console import our_errors, reporting_errors, say, step_progress
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.cli.wiring import OpenBench
    from assistant.evaluation.journal import Outcome
    from assistant.evaluation.questions import GoldQuestion


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="eval", help=t("eval.help"))(evaluate)


def evaluate(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: Annotated[Path | None, typer.Argument(help=t("eval.file"), show_default=False)] = None,
    database: Annotated[
        str | None, typer.Option("--database", "-d", help=t("ask.database"))
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=t("eval.output"))] = None,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(help=t("eval.compare"))] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help=t("ask.model"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("ask.endpoint"))] = None,
    parallel: Annotated[int, typer.Option(min=1, help=t("eval.parallel"))] = 1,
    timeout: Annotated[float | None, typer.Option(help=t("eval.timeout"))] = None,
    without: Annotated[str, typer.Option(help=t("eval.without"))] = "",
    as_json: Annotated[bool, typer.Option("--json", help=t("eval.json"))] = False,
) -> None:
    """Ask, score and count; or compare two journals."""
    with reporting_errors(*our_errors()):
        if compare:
            typer.echo(_compared(*compare))
            return
        if file is None:
            from assistant.errors import NoQuestionFile

            raise NoQuestionFile
        from assistant.cli.wiring import open_bench
        from assistant.evaluation.questions import read_gold
        from assistant.methods import Methods

        questions = read_gold(file)
        methods = Methods().without(filter(None, without.split(",")))
        bench = open_bench(database, model, endpoint, askers=parallel, methods=methods)
        outcomes = asyncio.run(
            _evaluated(file, questions, bench, output or file.with_suffix(".journal"), timeout)
        )
        typer.echo(_shown(outcomes, as_json))


def _compared(before: Path, after: Path) -> str:
    from assistant.evaluation.comparison import compare
    from assistant.evaluation.journal import read_journal

    return compare(read_journal(before), read_journal(after))


def _shown(outcomes: "list[Outcome]", as_json: bool) -> str:
    from assistant.evaluation.summary import summarise, tables

    summary = summarise(outcomes)
    return json.dumps(summary.as_json(), ensure_ascii=False) if as_json else tables(summary)


async def _evaluated(
    file: Path,
    questions: "list[GoldQuestion]",
    open_bench: "OpenBench",
    path: Path,
    timeout: float | None,
) -> "list[Outcome]":
    from assistant.evaluation.journal import appending, read_journal
    from assistant.evaluation.runner import evaluate

    outcomes = read_journal(path) if path.exists() else []
    with step_progress() as bar:
        narrator = _Narrator(bar)
        async with open_bench(lambda progress: narrator.loading(progress.done)) as bench:
            chosen = _about(file, questions, bench.name)
            waiting = _not_done(chosen, outcomes, path)
            narrator.expect(len(waiting))
            with appending(path) as append:

                def heard(outcome: "Outcome") -> None:
                    append(outcome)
                    outcomes.append(outcome)
                    narrator.finished(outcome)

                await evaluate(waiting, bench.askers, bench.tools, heard, timeout=timeout)
    ids = {question.id for question in chosen}
    return [outcome for outcome in outcomes if outcome.id in ids]


def _about(file: Path, questions: "list[GoldQuestion]", database: str) -> "list[GoldQuestion]":
    """The questions about this database. Raises: NothingToAsk."""
    from assistant.errors import NothingToAsk

    chosen = [question for question in questions if question.about(database)]
    if not chosen:
        raise NothingToAsk(path=file, database=database)
    if left := len(questions) - len(chosen):
        say(t("eval.left_out", count=left))
    return chosen


def _not_done(
    questions: "list[GoldQuestion]", outcomes: "list[Outcome]", path: Path
) -> "list[GoldQuestion]":
    done = {(outcome.id, outcome.question) for outcome in outcomes}
    waiting = [question for question in questions if (question.id, question.question) not in done]
    if count := len(questions) - len(waiting):
        say(t("eval.resumed", count=count, path=path))
    return waiting


class _Narrator:
    """Tells the run on standard error: a bar for the whole, a line for each question."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task(t("eval.loading"), total=1.0)
        self._total = self._done = 0

    def loading(self, share: float | None) -> None:
        self._bar.update(self._task, completed=share or 0.0)

    def expect(self, total: int) -> None:
        self._total = total
        self._bar.update(self._task, total=max(total, 1), completed=0)

    def finished(self, outcome: "Outcome") -> None:
        self._done += 1
        self._bar.update(self._task, completed=self._done, description=outcome.id)
        say(
            t(
                "eval.finished",
                number=self._done,
                total=self._total,
                id=outcome.id,
                kind=t(f"eval.kind_{outcome.kind}"),
                seconds=f"{outcome.usage.seconds:.1f}",
            )
        )
