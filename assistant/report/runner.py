"""From a question file to a directory with its answers."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assistant.asker import OpenAsker
from assistant.events import Progress
from assistant.report.questions import Question, QuestionFile
from assistant.report.unattended import answer_unattended
from assistant.report.writers import Finished, answers_file, make_directory, write_markdown


class Watcher(Protocol):
    """Who is told how the run goes."""

    def started(self, question: Question) -> None:
        """This question is asked now."""

    def progressed(self, progress: Progress) -> None:
        """The model loads, or the question of now has reached a stage."""

    def finished(self, finished: Finished) -> None:
        """This question is over, and its answer is on disk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many questions got an answer and how many did not, and the exit code for that."""

    answered: int
    failed: int
    exit_code: int


async def run_report(
    file: QuestionFile, open_asker: OpenAsker, directory: Path, watcher: Watcher
) -> Outcome:
    """Answer every question of the file into `directory`.

    Each answer is in answers.jsonl as soon as it is there; report.md appears whole at the end.
    A question without an answer is recorded and does not stop the rest. Raises
    ReportNotWritable, and what opening the asker raises.
    """
    make_directory(directory)
    finished: list[Finished] = []
    async with open_asker(watcher.progressed) as asker:
        with answers_file(directory) as append:
            for question in file.questions:
                watcher.started(question)
                answer = await answer_unattended(asker, question.text, watcher.progressed)
                finished.append(Finished(question, answer))
                append(finished[-1])
                watcher.finished(finished[-1])
    write_markdown(directory, file.title, finished, datetime.now().astimezone())
    return _outcome(finished)


def _outcome(finished: list[Finished]) -> Outcome:
    answered = sum(one.ok for one in finished)
    failed = len(finished) - answered
    # A server that went away is worth another try, which exit code 3 says.
    unreachable = any(one.answer.exit_code == 3 for one in finished)
    return Outcome(answered, failed, 3 if unreachable else int(failed > 0))
