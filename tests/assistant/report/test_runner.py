import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.asker import Asker
from assistant.errors import ReportNotWritable, Unreachable
from assistant.events import Answer, Answered, Progress
from assistant.report.questions import Question, QuestionFile
from assistant.report.runner import Outcome, run_report
from assistant.report.writers import Finished
from tests.assistant.scripted import ScriptedAsker, answered, opener

ROOT = Path(__file__).parents[3]
FILE = QuestionFile("Overview", tuple(Question(id, f"{id}?", id) for id in ("a", "b", "c")))


class Gone(Unreachable):
    template = "no model server at {url}"


class Log:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, question: Question) -> None:
        self.lines.append(f"started {question.id}")

    def progressed(self, progress: Progress) -> None:
        self.lines.append(progress.stage)

    def finished(self, finished: Finished) -> None:
        self.lines.append(f"{finished.question.id} {finished.answer.status}")


def statuses(directory: Path) -> list[tuple[str, str]]:
    lines = (directory / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return [(line["id"], line["status"]) for line in map(json.loads, lines)]


async def test_every_question_is_answered_in_order_and_told(tmp_path: Path) -> None:
    log = Log()
    asker = ScriptedAsker([Progress("writing"), *answered("42")])
    outcome = await run_report(FILE, opener(asker), tmp_path / "new" / "dir", log)
    assert outcome == Outcome(answered=3, failed=0, exit_code=0)
    assert asker.asked == ["a?", "b?", "c?"]
    assert log.lines[:4] == ["starting", "started a", "writing", "a answered"]
    assert statuses(tmp_path / "new" / "dir") == [(id, "answered") for id in "abc"]
    report = (tmp_path / "new" / "dir" / "report.md").read_text(encoding="utf-8")
    assert report.index("## a") < report.index("## b") < report.index("## c")


@pytest.mark.parametrize(
    ("script", "status", "exit_code"),
    [
        ([KeyError("lost")], "failed", 1),
        ([Answered(Answer("refused", "no"))], "refused", 1),
        ([Answered(Answer("ask", "which?"))], "ask", 1),
        ([Answered(Answer("failed", "down", exit_code=3))], "failed", 3),
        ([Gone(url="x")], "failed", 3),
    ],
)
async def test_a_question_without_an_answer_is_recorded_and_the_run_goes_on(
    tmp_path: Path, script: list[object], status: str, exit_code: int
) -> None:
    asker = ScriptedAsker(answered("1"), script, answered("3"))
    outcome = await run_report(FILE, opener(asker), tmp_path, Log())
    assert outcome == Outcome(answered=2, failed=1, exit_code=exit_code)
    assert statuses(tmp_path) == [("a", "answered"), ("b", status), ("c", "answered")]


async def test_an_asker_that_does_not_open_leaves_the_last_report_alone(tmp_path: Path) -> None:
    await run_report(FILE, opener(ScriptedAsker(answered("1"))), tmp_path, Log())

    @asynccontextmanager
    async def failing(report: Callable[[Progress], None]) -> AsyncIterator[Asker]:
        raise Gone(url="x")
        yield

    with pytest.raises(Gone):
        await run_report(FILE, failing, tmp_path, Log())
    assert len(statuses(tmp_path)) == 3


async def test_an_impossible_directory_is_found_before_the_model_is_loaded(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", encoding="utf-8")
    log = Log()
    with pytest.raises(ReportNotWritable):
        await run_report(FILE, opener(ScriptedAsker(answered("1"))), taken, log)
    assert log.lines == []


KILLED_RUN = """
import asyncio, sys
from pathlib import Path
from tests.assistant.report.test_runner import FILE, Log
from tests.assistant.scripted import ScriptedAsker, answered, opener
from assistant.report.runner import run_report

class Told(Log):
    def started(self, question):
        print(question.id, flush=True)

asker = ScriptedAsker(answered("1"), answered("2"), [asyncio.Event()])
asyncio.run(run_report(FILE, opener(asker), Path(sys.argv[1]), Told()))
"""


def test_a_killed_run_keeps_what_was_answered(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert [run.stdout.readline().strip() for _ in range(3)] == ["a", "b", "c"]
        run.kill()
    assert statuses(tmp_path) == [("a", "answered"), ("b", "answered")]
    assert not (tmp_path / "report.md").exists()
