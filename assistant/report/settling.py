"""Which statement answers a question without the model, and what its rows say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.asker import failed_answer
from assistant.errors import AssistantError
from assistant.events import Answer
from assistant.grounding import ground
from assistant.locale import language_of, t
from assistant.report.changes import Change, key_value
from assistant.report.expectations import broken
from assistant.report.lock import (
    Entry,
    Kept,
    LockFile,
    Run,
    question_hash,
    relevant,
    schema_fingerprint,
    sql_diff,
)
from assistant.report.outcome import Finished, Origin
from assistant.report.parameters import Values
from assistant.report.questions import Question, Scalar
from assistant.report.staff import Database
from assistant.report.statements import bind_values, generalised
from assistant.schema import Schema


@dataclass(frozen=True, slots=True)
class Settled:
    """A statement known before the model is asked. `text` is what runs, values and all."""

    origin: Origin
    statement: str
    text: str
    sentence: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of this run: as it stands in the file, and as it is asked."""

    template: Question
    question: Question
    parameters: Mapping[str, Scalar]
    entry: Entry | None


def asks(
    templates: tuple[Question, ...], filled: tuple[Question, ...], values: Values, lock: LockFile
) -> list[Ask]:
    """The questions of a run, in order."""
    return [
        Ask(template, question, relevant(template, values), lock.questions.get(template.id))
        for template, question in zip(templates, filled, strict=True)
    ]


def settle(ask: Ask, values: Values, schema: Schema, *, update: bool) -> Settled | None:
    """The pinned or locked statement; None when the model must be asked."""
    if pinned := ask.template.sql:
        text = bind_values(pinned, values, schema.flavour, ask.question.id)
        return Settled("pinned", pinned, text)
    entry = ask.entry
    if entry is None or update or unlocked_by(ask, schema):
        return None
    text = entry.statement
    if entry.values is None:
        text = bind_values(text, values, schema.flavour, ask.question.id)
    return Settled("locked", entry.statement, text, entry.sentence, entry.model)


def unlocked_by(ask: Ask, schema: Schema) -> str:
    """Why the question's lock no longer counts: "question", "schema", "parameters", or ""."""
    entry = ask.entry
    assert entry is not None
    if entry.question != question_hash(ask.template):
        return "question"
    if entry.schema_fingerprint != schema_fingerprint(entry.statement, schema):
        return "schema"
    if entry.values is not None and entry.values != _plain(ask.parameters):
        return "parameters"
    return ""


async def execute(settled: Settled, ask: Ask, database: Database, at: str) -> Finished:
    """Run the statement and judge its rows; a failure is an answer too."""
    lang = language_of(ask.question.text)
    try:
        result = await database.query(settled.text)
    except AssistantError as error:
        answer = replace(failed_answer(error), sql=settled.text, database=database.name)
        return Finished(ask.question, answer, at, settled.origin, settled.statement)
    text = ground(settled.sentence, result, ask.question.text, lang)
    notes = (t("report.cut", lang),) if result.truncated else ()
    answer = Answer(
        "answered", text, settled.text, result, notes,
        model=settled.model, database=database.name, sentence=settled.sentence,
    )  # fmt: skip
    general = ask.entry is not None and ask.entry.values is None
    return judged(
        Finished(ask.question, answer, at, settled.origin, settled.statement, general), ask
    )


def judged(finished: Finished, ask: Ask) -> Finished:
    """With the expectations that do not hold, and the value of the previous run."""
    result = finished.answer.result
    if not finished.ok or result is None:
        return finished
    previous = ask.entry.previous(finished.at, _plain(ask.parameters)) if ask.entry else None
    key = key_value(result)
    before = previous.value if previous and key else None
    change = Change(key[1], Decimal(before)) if key and before is not None else None
    share = change.share if change else None
    lang = language_of(ask.question.text)
    return replace(
        finished,
        broken=tuple(broken(ask.question.expect, result, share, lang)),
        previous=before,
        previous_of=_called(previous, _plain(ask.parameters)) if previous and before else "",
    )


def written_by_model(finished: Finished, ask: Ask, values: Values, schema: Schema) -> Finished:
    """With placeholders in the model's statement where that is safe, and how the SQL changed."""
    sql = finished.answer.sql
    if not finished.ok or not sql:
        return finished
    general = generalised(sql, ask.template.text, values, schema.flavour)
    statement = general or sql
    diff = sql_diff(ask.entry.statement, statement, ask.question.id) if ask.entry else []
    general_lock = general is not None or not ask.parameters
    return replace(
        judged(finished, ask), statement=statement, general=general_lock, diff=tuple(diff)
    )


def locked(finished: Finished, ask: Ask, schema: Schema) -> Entry | None:
    """What the lock file keeps of this answer; None to keep what it has."""
    result = finished.answer.result
    if not finished.ok or result is None:
        return ask.entry
    if finished.origin != "model" and finished.broken:
        return ask.entry
    parameters = _plain(ask.parameters)
    key = key_value(result)
    run = Run(
        at=finished.at,
        parameters=parameters,
        rows=result.row_count,
        value=str(key[1]) if key else None,
    )
    if finished.origin != "model" and ask.entry and _same(ask.entry, finished.statement, run):
        return ask.entry
    fresh = finished.origin == "model" or ask.entry is None
    return Entry(
        question=question_hash(ask.template),
        sql=finished.statement.splitlines(),
        schema_fingerprint=schema_fingerprint(finished.statement, schema),
        model=finished.answer.model,
        locked_at=finished.at if fresh or ask.entry is None else ask.entry.locked_at,
        columns=[(column.name, column.type) for column in result.columns],
        sentence=finished.answer.sentence,
        values=None if finished.general or finished.origin == "pinned" else parameters,
        last=run,
        before=ask.entry.previous(finished.at, parameters) if ask.entry else None,
    )


def _same(entry: Entry, statement: str, run: Run) -> bool:
    """Whether a run found the same again: the lock file then stays as it is."""
    kept = entry.sql == statement.splitlines()
    return kept and entry.last.model_copy(update={"at": run.at}) == run


def _called(previous: Run, parameters: Mapping[str, Kept]) -> str:
    """What the previous run was about: its own parameters, else its day."""
    own = [str(v) for name, v in previous.parameters.items() if parameters.get(name) != v]
    return ", ".join(own) or previous.at[:10]


def _plain(parameters: Mapping[str, Scalar]) -> dict[str, Kept]:
    """As JSON keeps them: a date is its text."""
    return {
        name: value if isinstance(value, bool | int | float) else str(value)
        for name, value in parameters.items()
    }
