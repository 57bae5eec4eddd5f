"""The lock file: per question the SQL that the next run executes again, without the model.

An entry counts while the question's own words, and the tables that its SQL reads, stay as they
were. It also holds the value of the last run, and of the run before with other parameters.
"""

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlglot
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistant.errors import LockUnreadable, ReportNotWritable
from assistant.report.files import write_whole
from assistant.report.parameters import Values, names_in, root
from assistant.report.questions import Question, Scalar
from assistant.schema import Schema, Table

VERSION = 1
_NUMBERS = {"int", "integer", "decimal", "numeric", "float", "double", "real", "bit", "year"}
_TIMES = {"date", "datetime", "timestamp", "time"}


Kept = bool | int | float | str
"""A parameter's value as JSON keeps it: a date is its text."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(_Part):
    """What one run found; `value` where the answer is one number, exact."""

    at: str
    parameters: dict[str, Kept] = {}
    rows: int
    value: str | None = None


class Entry(_Part):
    """One locked question. `sql` is kept by lines, so that a diff of the file can be read."""

    question: str
    sql: list[str]
    schema_fingerprint: str
    model: str
    locked_at: str
    columns: list[tuple[str, str]]
    sentence: str = ""
    values: dict[str, Kept] | None = None
    """The parameters that the statement holds for; None when it has placeholders for them."""
    last: Run
    before: Run | None = None

    @property
    def statement(self) -> str:
        """The SQL as one text."""
        return "\n".join(self.sql)

    def previous(self, at: str, parameters: Mapping[str, Kept]) -> Run | None:
        """The run that one of now is compared with: the last one about other parameters.

        A question without parameters is compared with the last run.
        """
        same = self.last.at == at or (bool(parameters) and self.last.parameters == parameters)
        return self.before if same else self.last


class Summary(_Part):
    """The summary's sentences, with slots, for the facts of this fingerprint only."""

    facts: str
    sentences: list[str]


class LockFile(_Part):
    """All locked questions of one question file, by id."""

    version: int = VERSION
    questions: dict[str, Entry] = {}
    summary: Summary | None = None


def lock_path(file: Path) -> Path:
    """FILE.lock, beside the question file."""
    return file.with_name(file.name + ".lock")


def read_lock(path: Path) -> LockFile:
    """The lock file, empty where there is none; raises LockUnreadable."""
    try:
        lock = LockFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return LockFile()
    except OSError as error:
        raise LockUnreadable(path=path, reason=error.strerror) from error
    except ValidationError as error:
        raise LockUnreadable(path=path, reason=error.errors()[0]["msg"]) from error
    if lock.version != VERSION:
        raise LockUnreadable(path=path, reason=f"version {lock.version}")
    return lock


def write_lock(path: Path, lock: LockFile) -> None:
    """Replace the lock file whole, if anything changed; raises ReportNotWritable."""
    text = json.dumps(lock.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
    except OSError as error:
        raise ReportNotWritable(path=path, reason=error.strerror) from error
    write_whole(path, text.encode())


def question_hash(template: Question) -> str:
    """Of what the statement depends on: the words as written, parameters not filled in."""
    return _digest([template.text])


def relevant(template: Question, values: Values) -> dict[str, Scalar]:
    """The parameters that this question names, in its words or in its own SQL."""
    named = {root(name, values) for name in names_in(template.text)}
    return {
        name: value
        for name, value in sorted(values.items())
        if name == root(name, values) and (name in named or f":{name}" in template.sql)
    }


def schema_fingerprint(sql: str, schema: Schema) -> str:
    """Of the tables that the statement reads: names and kinds of their columns.

    A longer VARCHAR or a new index changes nothing; neither does another engine.
    """
    try:
        trees = sqlglot.parse(sql, read="sqlite" if schema.flavour == "sqlite" else "mysql")
        named = {table.name for tree in trees if tree for table in tree.find_all(exp.Table)}
    except SqlglotError:
        named = {table.name for table in schema.tables}
    found = sorted(filter(None, map(schema.table, named)), key=lambda table: table.name)
    return _digest([line for table in found for line in _table_lines(table)])


def sql_diff(old: str, new: str, id: str) -> list[str]:
    """A unified diff of two statements; no lines when they are the same."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{id} (locked)", f"{id} (new)", lineterm=""
    )
    return list(lines)


def _table_lines(table: Table) -> list[str]:
    columns = sorted(f"{column.name}:{_family(column.base_type)}" for column in table.columns)
    return [table.name, *columns]


def _family(base_type: str) -> str:
    stem = base_type.removesuffix(" unsigned")
    number = stem in _NUMBERS or stem.endswith("int")
    return "number" if number else "time" if stem in _TIMES else "text"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
