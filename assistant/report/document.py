"""A report as data: what every writer writes down, in the title's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assistant.charts.chart import Chart
from assistant.charts.rule import choose
from assistant.events import QueryResult
from assistant.locale import Language, language_of, t
from assistant.render import cell_text
from assistant.report.changes import Change, key_value
from assistant.report.formats import formatted
from assistant.report.outcome import Finished
from assistant.report.questions import Question, QuestionFile, Scalar
from assistant.report.view import shown


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the report. `result` is cut to what the question shows."""

    finished: Finished
    result: QueryResult | None
    chart: Chart | None
    change: Change | None
    lang: Language

    @property
    def question(self) -> Question:
        return self.finished.question

    @property
    def key_format(self) -> str | None:
        """The format of the one number that the answer is about."""
        full = self.finished.answer.result
        key = key_value(full) if full else None
        return self.question.formats.get(key[0].name) if key else None

    @property
    def key_text(self) -> str | None:
        """That number as a person reads it."""
        full = self.finished.answer.result
        key = key_value(full) if full else None
        if key is None:
            return None
        exact = str(key[1])
        return formatted(exact, self.key_format) if self.key_format else cell_text(exact, key[0])

    @property
    def change_text(self) -> str:
        """▲ +1,200 (+3.4%) against 2025-11, or nothing."""
        if self.change is None:
            return ""
        moved = self.change.text(self.key_format)
        return t("report.since", self.lang, change=moved, previous=self.finished.previous_of)

    @property
    def origin_text(self) -> str:
        """Who wrote the statement."""
        return t(f"report.origin_{self.finished.origin}", self.lang)


@dataclass(frozen=True, slots=True)
class Block:
    """A section: its heading ("" before the first one), its paragraphs, its questions."""

    heading: str
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SummaryBlock:
    """What stands at the top: `wanted` by the file, and the sentences that were verified."""

    wanted: bool = False
    prose: bool = False
    heading: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report. `partial`: questions of the file are not in it."""

    title: str
    text: str
    lang: Language
    at: datetime
    database: str
    parameters: Mapping[str, Scalar]
    blocks: tuple[Block, ...]
    partial: bool
    summary: SummaryBlock = field(default_factory=SummaryBlock)

    @property
    def items(self) -> Iterator[Item]:
        """All questions in order."""
        return (item for block in self.blocks for item in block.items)

    @property
    def figures(self) -> list[Item]:
        """The questions whose answer is one number."""
        return [item for item in self.items if item.key_text is not None and item.finished.ok]

    @property
    def counts(self) -> str:
        """2026-01-05 09:30 · 19 of 20 questions answered · 1 expectation does not hold."""
        items = list(self.items)
        lines = [
            t(
                "report.summary",
                self.lang,
                date=self.at.strftime("%Y-%m-%d %H:%M"),
                answered=sum(item.finished.ok for item in items),
                total=len(items),
            )
        ]
        if broken := sum(bool(item.finished.broken) for item in items):
            lines.append(t("report.broken_count", self.lang, count=broken))
        if self.partial:
            lines.append(t("report.partial", self.lang))
        return " · ".join(lines)


def assembled(
    file: QuestionFile,
    finished: Mapping[str, Finished],
    *,
    at: datetime,
    database: str,
    parameters: Mapping[str, Scalar],
    partial: bool,
) -> Document:
    """The report of what is finished; `file` has its parameters filled in."""
    lang = language_of(file.title)
    parts = [("", "", file.question), *((s.heading, s.text, s.question) for s in file.section)]
    blocks = [
        Block(heading, text, tuple(_items(questions, finished, file, lang)))
        for heading, text, questions in parts
    ]
    wish = file.summary
    summary = SummaryBlock(
        wanted=wish is not None,
        prose=wish is not None and wish.prose,
        heading=(wish.heading if wish else "") or t("report.summary_heading", lang),
    )
    return Document(
        title=file.title, text=file.text, lang=lang, at=at, database=database,
        parameters=parameters, partial=partial, summary=summary,
        blocks=tuple(block for block in blocks if block.items or block.text or block.heading),
    )  # fmt: skip


def _items(
    questions: list[Question], finished: Mapping[str, Finished], file: QuestionFile, lang: Language
) -> Iterator[Item]:
    for question in questions:
        if one := finished.get(question.id):
            yield _item(one, file, lang)


def _item(finished: Finished, file: QuestionFile, lang: Language) -> Item:
    question, full = finished.question, finished.answer.result
    if question.limit is None and file.defaults.limit:
        question = question.model_copy(update={"limit": file.defaults.limit})
    result = shown(full, question) if full else None
    chart = choose(result, question.chart or file.defaults.chart) if result else None
    change = None
    if full and finished.previous is not None and (key := key_value(full)):
        change = Change(key[1], Decimal(finished.previous))
    return Item(finished, result, chart, change, lang)
