"""How a report's run looks on standard error: a bar for the whole, a line for each question."""

from types import TracebackType
from typing import Self

from assistant.cli.console import narration, say, step_progress
from assistant.events import Progress
from assistant.locale import t
from assistant.report.outcome import Finished
from assistant.report.questions import Question


class ReportProgress:
    """The watcher of a run: done, what runs, time left, tokens a second."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._running: list[str] = []
        self._speed = ""
        self._bar = step_progress()
        self._bar.disable = not narration.is_terminal
        self._task = self._bar.add_task(t("report.loading"), total=total)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def started(self, question: Question) -> None:
        """Show it among those that run."""
        self._running.append(question.id)
        self._show()

    def progressed(self, progress: Progress) -> None:
        """Show how far the model's start is; a question's stages come and go too quickly."""
        if progress.stage == "starting":
            share = "" if progress.done is None else f" {progress.done:.0%}"
            self._show(f"{t('report.loading')}{share} {progress.detail}".rstrip())

    def finished(self, finished: Finished) -> None:
        """A line for it, and one for each expectation that does not hold."""
        self._done += 1
        id = finished.question.id
        self._running = [running for running in self._running if running != id]
        if speed := finished.answer.usage.tokens_per_second:
            self._speed = t("report.outcome_speed", tokens=f"{speed:.1f}")
        self._bar.update(self._task, completed=self._done)
        self._show()
        said, total = _outcome(finished), self._total
        say(t("report.finished", number=self._done, total=total, id=id, outcome=said))
        for sentence in finished.broken:
            say(t("report.outcome_broken", sentence=sentence))
        if finished.diff:
            say("\n".join([t("report.sql_is_new", id=id), *finished.diff]))

    def _show(self, text: str = "") -> None:
        shown = text or " · ".join(filter(None, [", ".join(self._running), self._speed]))
        self._bar.update(self._task, description=shown)


def _outcome(finished: Finished) -> str:
    answer = finished.answer
    if not finished.ok:
        return t("report.outcome_other", reason=answer.text)
    rows = answer.result.row_count if answer.result else 0
    if finished.origin != "model":
        return t("report.outcome_locked", origin=t(f"report.origin_{finished.origin}"), rows=rows)
    return t("report.outcome_answered", rows=rows, seconds=f"{answer.usage.seconds:.1f}")
