"""What a question has gathered becomes its answer: status, words, notes, exit code."""

from dataclasses import dataclass, field, replace
from datetime import date

from assistant.dates import Found, ignored
from assistant.doubts import doubts
from assistant.errors import AssistantError, DatabaseToolFailed
from assistant.events import Answer, QueryResult, Usage
from assistant.facts import own_names, unknown_name
from assistant.grounding import ground, is_empty, states_own_number
from assistant.linking import Link
from assistant.locale import Language, describe, t
from assistant.model import Message, ReplySchema, Sampling
from assistant.reply import Question, Refusal, Reply, Statement
from assistant.schema import Schema

WRITES = {"WriteRefused"}
"""Codes of the tools for a statement that would change data; no second call makes it right."""


@dataclass(slots=True)
class Turn:
    """What one question has gathered so far."""

    question: str
    lang: Language
    started: float
    messages: list[Message]
    schema: ReplySchema
    tables: Schema
    sampling: Sampling = field(default_factory=Sampling)
    links: tuple[Link, ...] = ()
    found: Found = field(default_factory=Found)
    today: date = field(default_factory=date.today)
    vague: str | None = None
    raw: str = ""
    mends: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    prose: str = ""
    cut: int = 0
    reply: Reply | None = None
    result: QueryResult | None = None
    failure: AssistantError | None = None
    usage: Usage = field(default_factory=Usage)


def statement_of(turn: Turn) -> str | None:
    """What the model wrote last, mended; None when it wrote none."""
    return turn.reply.sql if isinstance(turn.reply, Statement) else None


def conclude(turn: Turn, *, model: str, database: str) -> Answer:
    """The answer at the end of a turn."""
    schema = turn.tables
    sql = statement_of(turn)
    base = Answer("failed", "", sql, usage=turn.usage, model=model, database=database, exit_code=1)
    if turn.failure:
        return _failed(base, turn.failure, turn.lang, schema)
    match turn.reply:
        case Question(text=text, choices=choices):
            default = choices[0] if choices else None
            return replace(base, status="ask", text=text, choices=choices, default=default)
        case Refusal(reason=reason):
            return replace(base, status="refused", text=_reason(reason, turn, schema))
        case Statement(sql=sql) if names := _to_come(turn, sql):
            text = t("answer.to_come", turn.lang, periods=", ".join(names))
            return replace(base, status="refused", text=text)
        case Statement(template=template) if turn.result:
            text = turn.prose or ground(template, turn.result, turn.question, turn.lang)
            notes = _notes(turn, turn.result, schema)
            return replace(
                base,
                status="answered",
                text=text,
                result=turn.result,
                notes=notes,
                exit_code=0,
                sentence=template,
            )
        case _:
            return base


def _to_come(turn: Turn, sql: str) -> list[str]:
    """Periods of the future that the question asks about, and of which nothing is told.

    The statement leaves them out, or finds no row of theirs.
    """
    told = turn.result is not None and not is_empty(turn.result)
    untold = ignored(turn.found.periods, sql) if told else turn.found.periods
    ahead = [one for one in untold if one.relation not in {"until", "before"}]
    return [period.name for period in ahead if period.first > turn.today]


def names_nothing(error: AssistantError | None, sql: str | None, schema: Schema) -> str | None:
    """The table or column that a statement failed by and that the schema has nowhere."""
    if not isinstance(error, DatabaseToolFailed) or error.actor != "model":
        return None
    name = unknown_name(error.message)
    known = not name or _knows(schema, name) or name in own_names(sql or "")
    return None if known else name


def _failed(base: Answer, error: AssistantError, lang: Language, schema: Schema) -> Answer:
    if name := names_nothing(error, base.sql, schema):
        text = t("answer.names_unknown", lang, name=name, tables=_table_names(schema))
        return replace(base, status="refused", text=text)
    match error:
        case DatabaseToolFailed(code=code) if code in WRITES:
            return replace(base, status="refused", text=t("answer.write", lang))
        case DatabaseToolFailed(actor="model", details={"message": str(message)}):
            text = t("answer.not_run", lang, message=message)
            return replace(base, text=text)
        case _:
            return replace(base, text=describe(error, lang), exit_code=error.exit_code)


def _knows(schema: Schema, name: str) -> bool:
    return schema.table(name) is not None or next(schema.owners(name), None) is not None


def _reason(reason: str, turn: Turn, schema: Schema) -> str:
    """The model's reason, unless it is empty or tells numbers that nobody counted."""
    if reason and not states_own_number(reason, turn.question, ""):
        return reason
    return t("answer.no_reason", turn.lang, tables=_table_names(schema))


def _table_names(schema: Schema) -> str:
    return ", ".join(table.name for table in schema.tables)


def _notes(turn: Turn, result: QueryResult, schema: Schema) -> tuple[str, ...]:
    """What the person should know before relying on the rows."""
    mends = [t("answer.mended", turn.lang, mend=mend) for mend in turn.mends]
    cut = (t("answer.cut_sentences", turn.lang, count=turn.cut),) if turn.cut else ()
    found = doubts(turn.question, turn.found, turn.links, result, schema, turn.lang)
    vague = (t("answer.vague", turn.lang, word=turn.vague),) if turn.vague else ()
    return (*mends, *vague, *found, *turn.notes, *cut)
