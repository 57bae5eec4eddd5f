"""The files of the knowledge folder, read and written."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import KnowledgeInvalid, KnowledgeUnusable
from assistant.folding import fold
from assistant.schema import Schema, SchemaColumn, Table

Text = Annotated[str, Field(min_length=1)]
Read = TypeVar("Read", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Part):
    """A word of the house. `sql`: a fragment that computes it; `means`: words for the model."""

    name: Text
    synonyms: tuple[Text, ...] = ()
    means: str = ""
    sql: str = ""


class Glossary(_Part):
    """glossary.toml."""

    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] | None = None
    term: tuple[Term, ...] = ()


class Note(_Part):
    """What to know of a table, or of one of its columns."""

    table: Text
    column: str = ""
    text: Text


class Notes(_Part):
    """notes.toml."""

    note: tuple[Note, ...] = ()


class Pair(_Part):
    """A question and the statement that answers it, as somebody verified."""

    question: Text
    sql: Text


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it."""

    glossary: Glossary = field(default_factory=Glossary)
    notes: tuple[Note, ...] = ()
    pairs: tuple[Pair, ...] = ()

    def annotated(self, schema: Schema) -> Schema:
        """The schema with the notes among its comments."""
        return replace(schema, tables=tuple(map(self._annotated, schema.tables)))

    def _annotated(self, table: Table) -> Table:
        def noted(comment: str, column: str) -> str:
            texts = [
                note.text
                for note in self.notes
                if (note.table.lower(), note.column.lower()) == (table.name.lower(), column)
            ]
            return "; ".join(filter(None, [comment, *texts]))

        def with_notes(column: SchemaColumn) -> SchemaColumn:
            return replace(column, comment=noted(column.comment, column.name.lower()))

        columns = tuple(map(with_notes, table.columns))
        return replace(table, columns=columns, comment=noted(table.comment, ""))


EMPTY = Knowledge()


def read_knowledge(folder: Path) -> Knowledge:
    """What the folder holds; nothing where there is none.

    Raises: KnowledgeUnusable, KnowledgeInvalid.
    """
    glossary = _read(folder / "glossary.toml", lambda text: _toml(Glossary, text)) or Glossary()
    notes = _read(folder / "notes.toml", lambda text: _toml(Notes, text)) or Notes()
    pairs = _read(folder / "pairs.jsonl", _pairs) or ()
    return Knowledge(glossary, notes.note, pairs)


def add_pair(folder: Path, pair: Pair) -> None:
    """Write the pair; it takes the place of an earlier one of the same question."""
    path = folder / "pairs.jsonl"
    kept = [p for p in _read(path, _pairs) or () if fold(p.question) != fold(pair.question)]
    lines = [json.dumps(p.model_dump(), ensure_ascii=False) for p in [*kept, pair]]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise KnowledgeUnusable(path=path, reason=error.strerror) from error


Content = TypeVar("Content")


def _read(path: Path, parse: Callable[[str], Content]) -> Content | None:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeUnusable(path=path, reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise KnowledgeInvalid(path=path, problem=f"{place}: {first['msg']}") from error
    except ValueError as error:
        raise KnowledgeInvalid(path=path, problem=str(error)) from error


def _toml(kind: type[Read], text: str) -> Read:
    return kind.model_validate(tomllib.loads(text))


def _pairs(text: str) -> tuple[Pair, ...]:
    return tuple(Pair.model_validate_json(line) for line in text.splitlines() if line.strip())
