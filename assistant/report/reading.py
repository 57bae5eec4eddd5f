"""A question file read from TOML, YAML, CSV or plain lines; every mistake named with its line."""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from assistant.errors import (
    DuplicateQuestionId,
    NoQuestions,
    QuestionFileNotParsed,
    QuestionFileUnreadable,
    QuestionKeyInvalid,
    QuestionKeyMissing,
    QuestionKeyNotText,
    UnknownQuestionKey,
)
from assistant.report import questions as format
from assistant.report.questions import QuestionFile

Parse = Callable[[str], Any]
_Path = tuple[str | int, ...]
_MODELS: dict[str, type[BaseModel]] = {
    "": QuestionFile,
    "question": format.Question,
    "section": format.Section,
    "expect": format.Expect,
    "defaults": format.Defaults,
    "summary": format.Summary,
}
CSV_COLUMNS = ("section", "id", "text", "heading", "note", "chart", "limit", "sort", "sql")


def read_questions(path: Path) -> QuestionFile:
    """Read and check a question file; raises PersonMustAct with file, line and key."""
    text = _text(path)
    parse = _parser(path)
    try:
        table = parse(text)
    except (tomllib.TOMLDecodeError, yaml.YAMLError, csv.Error) as error:
        raise QuestionFileNotParsed(path=path, reason=" ".join(str(error).split())) from error
    if not isinstance(table, dict):
        raise NoQuestions(path=path)
    try:
        file = QuestionFile.model_validate(table)
    except ValidationError as error:
        raise _explained(error, _Places(path, text, parse)) from error
    if not file.questions:
        raise NoQuestions(path=path)
    _refuse_duplicates(path, file)
    return file


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QuestionFileUnreadable(path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise QuestionFileUnreadable(path=path, reason="not UTF-8") from error


def _parser(path: Path) -> Parse:
    match path.suffix.lower():
        case ".yaml" | ".yml":
            return yaml.safe_load
        case ".csv":
            return lambda text: _from_csv(path, text)
        case ".txt":
            return lambda text: _from_lines(path.stem, text)
        case _:
            return tomllib.loads


def _from_csv(path: Path, text: str) -> dict[str, Any]:
    """A row a question, the first row names the columns; a section lasts until the next one."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    for name in reader.fieldnames or ():
        if name not in CSV_COLUMNS:
            raise UnknownQuestionKey(path=path, line=1, key=name, nearest=_near(name, CSV_COLUMNS))
    return _gathered(path.stem, [dict(row) for row in reader])


def _from_lines(title: str, text: str) -> dict[str, Any]:
    """A line a question; "# …" is the title, "## …" a section."""
    rows: list[dict[str, Any]] = []
    section = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("##"):
            section = line.lstrip("# ")
        elif line.startswith("#"):
            title = line.lstrip("# ") or title
        else:
            rows.append({"section": section, "text": line})
    return _gathered(title, rows)


def _gathered(title: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    file: dict[str, Any] = {"title": title, "question": [], "section": []}
    place, heading = file["question"], ""
    for number, row in enumerate(rows, 1):
        named = row.pop("section", "") or heading
        if named != heading:
            heading = named
            file["section"].append({"heading": heading, "question": []})
            place = file["section"][-1]["question"]
        values = {key: value for key, value in row.items() if value}
        if str(values.get("limit", "")).isdecimal():
            values["limit"] = int(values["limit"])
        place.append({"id": f"q{number}", **values})
    return file


class _Places:
    """Where keys stand in the file."""

    def __init__(self, path: Path, text: str, parse: Parse) -> None:
        self.path = path
        self._lines = text.splitlines(keepends=True)
        self._parse = parse

    def line(self, path: _Path) -> int:
        """The line after which a parser knows the key: exact for any syntax, else its table's."""
        names = [part for part in path if isinstance(part, str)]
        for number, line in enumerate(self._lines, 1):
            if names and names[-1] not in line:
                continue
            try:
                table = self._parse("".join(self._lines[:number]))
            except (tomllib.TOMLDecodeError, yaml.YAMLError, csv.Error):
                continue
            if _holds(table, path):
                return number
        return self.line(path[:-1]) if path else 1


def _holds(table: Any, path: _Path) -> bool:
    for part in path:
        try:
            table = table[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _explained(error: ValidationError, places: _Places) -> Exception:
    # A misspelt key is often a missing one too; its spelling says more.
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    loc = _without_tags(first["loc"])
    key, name = _written(loc), str(loc[-1])
    parent = next((str(part) for part in reversed(loc[:-1]) if isinstance(part, str)), "")
    match first["type"]:
        case "extra_forbidden":
            known = _MODELS.get(parent, format.Parameter).model_fields
            slots = {"path": places.path, "line": places.line(loc), "key": key}
            return UnknownQuestionKey(**slots, nearest=_near(name, known))
        case "missing" | "string_too_short":
            line = places.line(loc if first["type"] != "missing" else loc[:-1])
            return QuestionKeyMissing(path=places.path, line=line, key=key, name=name)
        case "list_type" if name in ("question", "section"):
            return NoQuestions(path=places.path)
        case "string_type":
            line = places.line(loc)
            return QuestionKeyNotText(path=places.path, line=line, key=key, name=name)
        case _:
            problem = first["msg"].removeprefix("Value error, ")
            return QuestionKeyInvalid(
                path=places.path, line=places.line(loc), key=key, problem=problem
            )


def _without_tags(loc: _Path) -> _Path:
    """The location without the names of types that pydantic adds for unions."""
    tag = re.compile(
        r"str|int|float|bool|date|(function|constrained|chain|literal)\W.*|function-.*"
    )
    kept = tuple(part for part in loc if isinstance(part, int) or not tag.fullmatch(part))
    return kept or loc


def _written(loc: _Path) -> str:
    key = ""
    for part in loc:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return key.lstrip(".")


def _near(name: str, known: Iterable[str]) -> str:
    return get_close_matches(name, list(known), n=1, cutoff=0)[0]


def _refuse_duplicates(path: Path, file: QuestionFile) -> None:
    places: dict[str, str] = {}
    for place, question in file.places():
        if first := places.get(question.id):
            raise DuplicateQuestionId(path=path, id=question.id, first=first, second=place)
        places[question.id] = place
