"""The question file: what a report asks, in which order, and what it expects of the answers.

title = "Sales {month_label}"

[parameters]
month = "2025-12"              # changed with --set month=2025-11

[[section]]
heading = "Overview"

[[section.question]]
id = "total"
text = "What were total sales in {month_label}?"
expect = { rows = "1", not_null = ["sales"] }

The models here are the whole format; `question_file.schema.json` is made from them.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from assistant.report.expectations import parse_interval, parse_share
from assistant.report.formats import FORMATS

Scalar = str | bool | int | float | date
ChartWish = Literal["auto", "line", "bar", "pie", "table", "number"]
OnError = Literal["continue", "stop"]
Text = Annotated[str, StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,60}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise ValueError(f"{name} is none of {', '.join(FORMATS)}")
    return name


def _interval(text: str | int) -> str:
    parse_interval(str(text))
    return str(text)


def _share(text: str) -> str:
    parse_share(text)
    return text


Interval = Annotated[str | int, AfterValidator(_interval)]
Share = Annotated[str, AfterValidator(_share)]
Format = Annotated[str, AfterValidator(_known_format)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )


class Expect(_Part):
    """What must hold for the rows; what does not is marked in the report."""

    rows: Interval | None = None
    """How many rows: "1", "> 0", "1..31"."""
    not_null: list[Text] = []
    """Columns that may not hold NULL."""
    range: dict[str, Interval] = {}
    """Where each value of a column must lie: { sales = "0.." }."""
    change: Share | None = None
    """How far the value may move from the previous run: "20%"."""


class Question(_Part):
    """One question of a report."""

    id: Id
    """Names the question in the lock file, in answers.jsonl and on the command line."""
    text: Text
    """What is asked, in Japanese or English; {name} stands for a parameter."""
    heading: str = ""
    """What stands above the answer; by default the text."""
    note: str = ""
    """Printed below the heading."""
    chart: ChartWish | None = None
    """By default chosen from the columns."""
    columns: list[Text] = []
    """The columns to show, in this order; by default all."""
    formats: dict[str, Format] = {}
    """How numbers of a column are shown: { sales = "yen" }."""
    sort: str = ""
    """A column to sort the shown rows by; "sales desc" for the greatest first."""
    limit: Annotated[int, Field(ge=1)] | None = None
    """Rows to show at most."""
    expect: Expect = Expect()
    on_error: OnError | None = None
    """"stop" ends the run when this question has no answer."""
    sql: str = ""
    """A statement to run instead of asking the model; :name stands for a parameter's value."""

    @property
    def title(self) -> str:
        """The heading, or the text where there is none."""
        return self.heading or self.text


class Section(_Part):
    """Questions under one heading."""

    heading: Text
    text: str = ""
    """Paragraphs below the heading."""
    question: list[Question] = []


class Summary(_Part):
    """A block at the top: key figures, and sentences that code makes from the rows."""

    heading: str = ""
    prose: bool = False
    """Have the model write, too. What code cannot stand for is dropped; small models write little
    that stays."""


class Defaults(_Part):
    """What holds for every question that does not say otherwise."""

    chart: ChartWish = "auto"
    limit: Annotated[int, Field(ge=1)] | None = None
    on_error: OnError = "continue"


class Parameter(_Part):
    """A value that changes from run to run; without a default it must be given with --set."""

    default: Scalar | None = None
    help: str = ""
    pattern: str = ""
    """A regular expression that the whole value must match."""
    choices: list[Scalar] = []


def _as_table(value: Any) -> Any:
    return value if isinstance(value, dict | Parameter) else {"default": value}


ParameterEntry = Annotated[
    Parameter, BeforeValidator(_as_table, json_schema_input_type=Parameter | Scalar)
]


class QuestionFile(_Part):
    """A report: its title and what it asks, in order."""

    title: Text
    text: str = ""
    """Paragraphs below the title."""
    database: str | None = None
    """A URL, the path of an SQLite file, or a connection of kotae.toml; --database goes first."""
    parameters: dict[Name, ParameterEntry] = {}
    defaults: Defaults = Defaults()
    summary: Summary | None = None
    question: list[Question] = []
    """Questions before the first section."""
    section: list[Section] = []

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order of the report."""
        return tuple(question for _, question in self.places())

    def places(self) -> Iterator[tuple[str, Question]]:
        """Every question with its place in the file: "section[1].question[2]"."""
        for number, question in enumerate(self.question, 1):
            yield f"question[{number}]", question
        for at, section in enumerate(self.section, 1):
            for number, question in enumerate(section.question, 1):
                yield f"section[{at}].question[{number}]", question

    def mapped(self, change: Any) -> Self:
        """The file with `change` applied to every question."""
        return self.model_copy(
            update={
                "question": [change(question) for question in self.question],
                "section": [
                    section.model_copy(update={"question": [change(q) for q in section.question]})
                    for section in self.section
                ],
            }
        )


def json_schema() -> dict[str, Any]:
    """The JSON schema of a question file, for editors."""
    schema = QuestionFile.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
