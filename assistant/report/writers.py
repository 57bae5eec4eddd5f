"""A report on disk: JSON lines while it grows, Markdown when it is whole."""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.errors import ReportNotWritable
from assistant.events import Answer
from assistant.locale import Language, language_of, t
from assistant.render import answer_json, footer, markdown_table
from assistant.report.questions import Question

TABLE_ROWS = 100
"""Rows of one table in report.md; answers.jsonl has them all."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A question and how it ended."""

    question: Question
    answer: Answer

    @property
    def ok(self) -> bool:
        """Whether there is an answer to show."""
        return self.answer.status == "answered"


def make_directory(directory: Path) -> None:
    """Make the output directory where it is missing."""
    with _refusing(directory):
        directory.mkdir(parents=True, exist_ok=True)


@contextmanager
def answers_file(directory: Path) -> Iterator[Callable[[Finished], None]]:
    """answers.jsonl, begun anew; gives the function that appends a question to it.

    A line is the object of `kotae ask --json` with id and question, and is handed to the
    system at once, so that a killed run loses none.
    """
    path = directory / "answers.jsonl"
    with _refusing(path):
        file = path.open("w", encoding="utf-8")

    def append(finished: Finished) -> None:
        identity = {"id": finished.question.id, "question": finished.question.text}
        line = json.dumps(identity | answer_json(finished.answer), ensure_ascii=False)
        with _refusing(path):
            file.write(line + "\n")
            file.flush()

    with file:
        yield append


def write_markdown(
    directory: Path, title: str, finished: Sequence[Finished], written_at: datetime
) -> None:
    """Write report.md, in the title's language; whoever reads it sees the old or the whole new."""
    path = directory / "report.md"
    part = directory / ".report.md.part"
    with _refusing(path):
        part.write_text(_document(title, finished, written_at), encoding="utf-8")
        os.replace(part, path)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReportNotWritable(path=path, reason=error.strerror) from error


def _document(title: str, finished: Sequence[Finished], written_at: datetime) -> str:
    lang = language_of(title)
    summary = t(
        "report.summary",
        lang,
        date=written_at.strftime("%Y-%m-%d %H:%M"),
        answered=sum(one.ok for one in finished),
        total=len(finished),
    )
    sections = [_section(one, lang) for one in finished]
    return "\n\n".join([f"# {_line(title)}", f"*{summary}*", *sections]) + "\n"


def _section(finished: Finished, lang: Language) -> str:
    question, answer = finished.question, finished.answer
    blocks = [f"## {_line(question.heading)}"]
    if question.heading != question.text:
        blocks.append(f"> {_line(question.text)}")
    blocks += [question.note, _answer(answer, lang), *_table(answer, lang), _notes(answer, lang)]
    if answer.sql:
        blocks.append(_fenced(answer.sql))
    blocks.append(_provenance(answer, lang))
    return "\n\n".join(filter(None, blocks))


def _answer(answer: Answer, lang: Language) -> str:
    text = _literal(answer.text)
    if answer.status == "answered":
        return text
    return f"**{t('report.unanswered', lang)}** {text}"


def _table(answer: Answer, lang: Language) -> Iterator[str]:
    result = answer.result
    if result is None:
        return
    yield markdown_table(result, TABLE_ROWS)
    if result.row_count > TABLE_ROWS:
        yield t("report.rows_shown", lang, shown=TABLE_ROWS, total=f"{result.row_count:,}")
    if result.truncated:
        yield t("report.rows_cut", lang)


def _notes(answer: Answer, lang: Language) -> str:
    return "\n".join(f"- {t('report.note', lang, note=_line(_literal(n)))}" for n in answer.notes)


def _provenance(answer: Answer, lang: Language) -> str:
    parts = [
        answer.model,
        answer.database,
        footer(answer.usage, lang) if answer.usage.calls else "",
    ]
    return f"*{' · '.join(filter(None, parts))}*" if any(parts) else ""


def _fenced(sql: str) -> str:
    longest = max((len(run) for run in re.findall("`+", sql)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sql\n{sql}\n{fence}"


def _literal(text: str) -> str:
    """The text with nothing in it that Markdown would pass on as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _line(text: str) -> str:
    return " ".join(text.split())
