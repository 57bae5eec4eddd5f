"""From a question file to its answers: locked ones run at once, the model is asked for the rest.

Every answer is on the disk when it is there. What a killed run had answered is not asked again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from assistant.asker import Asker, failed_answer
from assistant.events import Answer, Progress
from assistant.locale import language_of, t
from assistant.report.document import Document, assembled
from assistant.report.files import only_run
from assistant.report.journal import Journal, open_journal, question_key
from assistant.report.lock import LockFile, lock_path, read_lock, write_lock
from assistant.report.outcome import Finished
from assistant.report.parameters import filled_file
from assistant.report.questions import Question, QuestionFile, Scalar
from assistant.report.settling import Ask, asks, execute, locked, settle, written_by_model
from assistant.report.staff import Database, OpenDatabase, OpenStaff, Staff
from assistant.report.summary import summarise
from assistant.report.unattended import answer_unattended
from assistant.report.writers import write_report

SHOWN_EVERY = timedelta(seconds=10)
"""A long run shows what it has so often, also to those who find it killed."""


class Watcher(Protocol):
    """Who is told how the run goes."""

    def started(self, question: Question) -> None:
        """This question is asked now."""

    def progressed(self, progress: Progress) -> None:
        """The model loads, or the question of now has reached a stage."""

    def finished(self, finished: Finished) -> None:
        """This question is over; its answer, if there is one, is on disk."""


@dataclass(frozen=True, slots=True)
class Job:
    """A report to make. `timeout` is in seconds a question; `update` asks the model anew."""

    path: Path
    file: QuestionFile
    directory: Path
    values: Mapping[str, Scalar] = field(default_factory=dict)
    formats: tuple[str, ...] = ("html", "md", "json")
    fresh: bool = False
    update: bool = False
    timeout: float | None = None
    bom: bool = False
    only: frozenset[str] = frozenset()
    """The ids of the questions to answer; all where it is empty."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many questions got an answer, how many did not, and what was written."""

    answered: int
    failed: int
    doubtful: int
    broken: int
    unreachable: bool
    files: tuple[Path, ...]


async def run_report(
    job: Job,
    open_database: OpenDatabase,
    open_staff: OpenStaff,
    watcher: Watcher,
    clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> Outcome:
    """Answer the questions of a file into a directory, and keep its lock file.

    A question without an answer is recorded and does not stop the rest. While the model is at
    work, and when the run is interrupted, the report holds what is answered so far and says so.
    Raises: PersonMustAct and Unreachable kinds.
    """
    lock = read_lock(lock_path(job.path))
    with only_run(job.directory):
        journal = open_journal(job.directory, clock(), fresh=job.fresh)
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(open_database())
            run = _Run(job, lock, database, journal, watcher, clock)
            try:
                pending = await run.without_model()
                staff = await run.staffed(stack, open_staff) if pending else None
                if staff:
                    await run.with_model(pending, staff)
                return await run.concluded(staff)
            except asyncio.CancelledError:
                run.write_partial()
                raise


class _Run:
    """The state of one run."""

    def __init__(
        self,
        job: Job,
        lock: LockFile,
        database: Database,
        journal: Journal,
        watcher: Watcher,
        clock: Callable[[], datetime],
    ) -> None:
        self._job, self._lock, self._database = job, lock, database
        self._journal, self._watcher, self._clock = journal, watcher, clock
        chosen = _only(job.file, job.only) if job.only else job.file
        self._filled = filled_file(chosen, job.values)
        self._asks = asks(chosen.questions, self._filled.questions, job.values, lock)
        self._done: dict[str, Finished] = {}
        self._fallen_back: dict[str, Finished] = {}
        self._stopped = False
        self._shown = clock()

    async def without_model(self) -> list[Ask]:
        """Answer what the journal, a pin or the lock can; returns what the model must answer."""
        pending = []
        for ask in self._asks:
            if found := self._journal.resumed(ask.question, self._key(ask)):
                self._record(found, ask, keep=False)
                continue
            settled = settle(ask, self._job.values, self._database.schema, update=self._job.update)
            if settled is None:
                pending.append(ask)
                continue
            self._watcher.started(ask.question)
            finished = await execute(settled, ask, self._database, self._now())
            if settled.origin == "locked" and _unlocks(finished):
                self._fallen_back[ask.question.id] = finished
                pending.append(ask)
            else:
                self._record(finished, ask)
        return pending

    async def staffed(self, stack: AsyncExitStack, open_staff: OpenStaff) -> Staff | None:
        """The model, or None where it is not to be had: what is locked is still reported."""
        try:
            return await stack.enter_async_context(open_staff(self._watcher.progressed))
        except Exception as error:
            if not hasattr(error, "slots"):
                raise
            if not self._done and not self._fallen_back:
                raise
            for ask in self._asks:
                if ask.question.id not in self._done:
                    self._record(self._failed(ask, failed_answer(error)), ask)
            return None

    async def with_model(self, pending: list[Ask], staff: Staff) -> None:
        """Ask the pending questions, in order, as many at a time as there are askers."""
        queue = deque(pending)
        try:
            async with asyncio.TaskGroup() as group:
                for asker in staff.askers:
                    group.create_task(self._work(asker, queue))
        except ExceptionGroup as group_of_errors:  # a full disk, say: the first one tells
            raise group_of_errors.exceptions[0] from None

    async def _work(self, asker: Asker, queue: deque[Ask]) -> None:
        while queue:
            ask = queue.popleft()
            if self._stopped:
                lang = language_of(ask.question.text)
                self._record(self._failed(ask, Answer("cancelled", t("report.stopped", lang))), ask)
                continue
            self._watcher.started(ask.question)
            answer = await self._asked(asker, ask.question)
            finished = Finished(ask.question, answer, self._now())
            schema = self._database.schema
            self._record(written_by_model(finished, ask, self._job.values, schema), ask)
            self._show()

    async def _asked(self, asker: Asker, question: Question) -> Answer:
        try:
            async with asyncio.timeout(self._job.timeout):
                return await answer_unattended(asker, question.text, self._watcher.progressed)
        except TimeoutError:
            lang = language_of(question.text)
            seconds = f"{self._job.timeout:g}"
            return Answer("failed", t("report.timed_out", lang, seconds=seconds), exit_code=1)

    def _failed(self, ask: Ask, answer: Answer) -> Finished:
        return Finished(ask.question, answer, self._now())

    def _record(self, finished: Finished, ask: Ask, *, keep: bool = True) -> None:
        """Keep an answer; a locked one that broke its expectations beats none at all."""
        fallback = self._fallen_back.get(ask.question.id)
        if not finished.ok and fallback and fallback.ok:
            finished = fallback
        if finished.ok and keep:
            self._journal.append(finished, self._key(ask))
        self._done[ask.question.id] = finished
        wish = ask.question.on_error or self._job.file.defaults.on_error
        self._stopped |= wish == "stop" and not finished.ok
        self._watcher.finished(finished)

    def _key(self, ask: Ask) -> str:
        return question_key(ask.question, dict(ask.parameters), self._database.name)

    def _now(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")

    async def concluded(self, staff: Staff | None) -> Outcome:
        """Write the lock file and the report; the journal goes unless there is more to do."""
        document = self._document(partial=bool(self._job.only))
        document, summary = await summarise(document, self._lock.summary, staff)
        entries = {
            ask.question.id: entry
            for ask in self._asks
            if (entry := locked(self._done[ask.question.id], ask, self._database.schema))
        }
        files = write_report(document, self._job.directory, self._job.formats, bom=self._job.bom)
        path = lock_path(self._job.path)
        questions = _in_order(read_lock(path).questions | entries, self._job.file)
        write_lock(path, self._lock.model_copy(update={"questions": questions, "summary": summary}))
        outcome = _outcome(list(self._done.values()), files)
        if not outcome.unreachable:
            self._journal.remove()
        return outcome

    def write_partial(self) -> None:
        """Write what there is; the journal stays for the next run."""
        if self._done:
            document = self._document(partial=True)
            # A PDF takes a browser, and seconds: the other formats say as much.
            formats = [name for name in self._job.formats if name != "pdf"]
            write_report(document, self._job.directory, formats, bom=self._job.bom)

    def _show(self) -> None:
        """Write what there is while questions are left, not too often."""
        if len(self._done) < len(self._asks) and self._clock() - self._shown >= SHOWN_EVERY:
            self.write_partial()
            self._shown = self._clock()

    def _document(self, *, partial: bool) -> Document:
        return assembled(
            self._filled,
            self._done,
            at=self._clock(),
            database=self._database.name,
            parameters={name: self._job.values[name] for name in self._job.file.parameters},
            partial=partial,
        )


def _unlocks(finished: Finished) -> bool:
    """Whether a locked question is asked anew: it expects otherwise, or its SQL does not run."""
    unrunnable = not finished.ok and finished.answer.exit_code == 1
    return unrunnable or bool(finished.broken)


def _in_order(entries: Mapping[str, object], file: QuestionFile) -> dict[str, object]:
    """Entries of the file's questions, in its order; a question that went takes its lock along."""
    return {q.id: entries[q.id] for q in file.questions if q.id in entries}


def _outcome(finished: list[Finished], files: tuple[Path, ...]) -> Outcome:
    answered = [one for one in finished if one.ok]
    return Outcome(
        answered=len(answered),
        failed=len(finished) - len(answered),
        doubtful=sum(one.doubtful for one in answered),
        broken=sum(bool(one.broken) for one in answered),
        # A server that went away is worth another try.
        unreachable=any(one.answer.exit_code == 3 for one in finished),
        files=files,
    )


def _only(file: QuestionFile, ids: frozenset[str]) -> QuestionFile:
    """The file with these questions only."""
    sections = [
        section.model_copy(update={"question": [q for q in section.question if q.id in ids]})
        for section in file.section
    ]
    return file.model_copy(
        update={
            "question": [q for q in file.question if q.id in ids],
            "section": [section for section in sections if section.question],
        }
    )
