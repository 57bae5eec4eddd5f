"""Questions with gold SQL: JSON lines, one question a line.

{"id": "total", "question": "…", "gold": ["SELECT …"], "order": false, "difficulty": "easy"}

An empty `gold` says that no data answers the question: to refuse, or to ask back, is right.
Keys that are not known are passed over, so that a file may hold more than we read.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import DuplicateGoldId, GoldFileUnreadable, GoldLineInvalid
from assistant.locale import Language, language_of


class GoldQuestion(BaseModel):
    """One question. `order`: whether the order of rows counts; `db`: the database it is about."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    gold: tuple[str, ...]
    order: bool = False
    difficulty: str = ""
    language: Language | None = None
    db: str = ""
    suspect: bool = False

    @field_validator("gold", mode="before")
    @classmethod
    def _several(cls, gold: object) -> object:
        return (gold,) if isinstance(gold, str) else gold

    @property
    def spoken(self) -> Language:
        """The language that the question is written in."""
        return self.language or language_of(self.question)

    def about(self, database: str) -> bool:
        """Whether it can be asked of a database of that name; a suspect gold cannot judge."""
        return not self.suspect and self.db in ("", database)


def read_gold(path: Path) -> list[GoldQuestion]:
    """All questions of the file. Raises: GoldFileUnreadable, GoldLineInvalid, DuplicateGoldId."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise GoldFileUnreadable(path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise GoldFileUnreadable(path=path, reason="not UTF-8") from error
    found: dict[str, GoldQuestion] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            question = _question(path, number, line)
            if question.id in found:
                raise DuplicateGoldId(path=path, line=number, id=question.id)
            found[question.id] = question
    return list(found.values())


def _question(path: Path, number: int, line: str) -> GoldQuestion:
    try:
        return GoldQuestion.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        problem = f"{key}: {first['msg']}" if key else first["msg"]
        raise GoldLineInvalid(path=path, line=number, problem=problem) from error
