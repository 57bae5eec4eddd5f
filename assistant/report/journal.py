"""What a run has answered so far, a line each, so that the next run goes on where this one died.

A line counts when it is whole and younger than a day. The journal goes when the report stands.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.events import Answer, Column, QueryResult, Usage
from assistant.report.files import refusing
from assistant.report.outcome import Finished
from assistant.report.questions import Question

NAME = ".journal.jsonl"
KEPT = timedelta(days=1)


@dataclass(slots=True)
class Journal:
    """The answers of an interrupted run, by key, and the place for those to come."""

    path: Path
    found: dict[str, dict[str, Any]]

    def resumed(self, question: Question, key: str) -> Finished | None:
        """The question's answer, if the interrupted run had it."""
        line = self.found.get(key)
        return _finished(question, line) if line else None

    def append(self, finished: Finished, key: str) -> None:
        """Put an answer on the disk, now."""
        values = asdict(finished)
        values.pop("question")
        line = json.dumps({"key": key, **values}, ensure_ascii=False) + "\n"
        with refusing(self.path), self.path.open("ab") as file:
            file.write(line.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """The report stands; nothing is to be resumed."""
        with refusing(self.path):
            self.path.unlink(missing_ok=True)


def open_journal(directory: Path, now: datetime, *, fresh: bool = False) -> Journal:
    """The directory's journal; `fresh` begins anew. A line that broke off is cut off."""
    path = directory / NAME
    if fresh:
        with refusing(path):
            path.unlink(missing_ok=True)
    lines = {line["key"]: line for line in _lines(path)}
    young = {k: v for k, v in lines.items() if now - datetime.fromisoformat(v["at"]) < KEPT}
    return Journal(path, young)


def question_key(question: Question, parameters: dict[str, Any], database: str) -> str:
    """Names one question of one run: another text, statement, value or database is another."""
    parts = [question.id, question.text, question.sql, database, str(sorted(parameters.items()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with refusing(path):
        content = path.read_bytes() if path.exists() else b""
    whole, _, torn = content.rpartition(b"\n")
    if torn:
        with refusing(path), path.open("r+b") as file:
            file.truncate(len(content) - len(torn))
    for line in filter(None, whole.split(b"\n")):
        try:
            yield json.loads(line)
        except ValueError:  # the disk was full, or the power went
            continue


def _finished(question: Question, line: dict[str, Any]) -> Finished:
    answer = dict(line["answer"])
    for name in ("notes", "choices"):
        answer[name] = tuple(answer[name])
    answer["usage"] = Usage(**answer["usage"])
    if result := answer["result"]:
        answer["result"] = QueryResult(
            columns=tuple(Column(**column) for column in result["columns"]),
            rows=tuple(map(tuple, result["rows"])),
            **{name: result[name] for name in ("truncated", "elapsed_ms", "sql")},
        )
    known = {field.name for field in fields(Finished)} - {"question", "answer"}
    rest = {name: _tupled(value) for name, value in line.items() if name in known}
    return Finished(question=question, answer=Answer(**answer), **rest)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
