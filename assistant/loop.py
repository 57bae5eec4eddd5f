"""One question → a stream of events. Code owns the control flow; the model writes one reply.

A reply that cannot be read, a database error, or zero rows with a value that no row has earns
one more call, with facts that code computed. Rows that came back are accepted.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from assistant import prompt
from assistant.binding import bind
from assistant.errors import (
    AssistantError,
    DatabaseToolFailed,
    EmptyQuestion,
    MalformedReply,
    NoTableRead,
    ReplyTooLong,
    YearsIgnored,
)
from assistant.events import (
    Answer,
    Answered,
    Event,
    Progress,
    QueryResult,
    ReasoningDelta,
    Repair,
    RowsReady,
    SqlDelta,
    SqlReady,
    Usage,
)
from assistant.facts import empty_facts, error_facts, reads_a_table, unknown_name
from assistant.grounding import ground, is_empty
from assistant.hints import hints, unused_years
from assistant.locale import Language, describe, language_of, t
from assistant.model import ChatModel, Message, Piece, ReplySchema
from assistant.render import number_text
from assistant.reply import Question, Refusal, Reply, SqlReader, Statement, parse
from assistant.schema import Schema

CALLS = 2


class QueryTools(Protocol):
    """What the loop needs of the database."""

    async def query(self, sql: str) -> QueryResult:
        """Run one statement."""
        ...


@dataclass(slots=True)
class _Turn:
    """What one question has gathered so far."""

    question: str
    lang: Language
    started: float
    messages: list[Message]
    schema: ReplySchema
    raw: str = ""
    reply: Reply | None = None
    result: QueryResult | None = None
    failure: AssistantError | None = None
    usage: Usage = field(default_factory=Usage)


class Loop:
    """Answers questions about one schema with one model."""

    def __init__(
        self,
        model: ChatModel,
        tools: QueryTools,
        schema: Schema,
        *,
        today: Callable[[], date] = date.today,
        database: str = "",
    ) -> None:
        self._model = model
        self._tools = tools
        self._schema = schema
        self._today = today
        self._database = database or schema.connection
        self._prefix = prompt.prefix(schema)

    async def warm(self) -> None:
        """Have the model server read the prefix now, while the person is still typing."""
        await self._model.warm(self._messages(""))

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        """The events of one question; closing the generator stops the model and the query.

        Raises: EmptyQuestion. Every other failure is an `Answered` with status failed.
        """
        if not question.strip():
            raise EmptyQuestion
        turn = _Turn(
            question=question.strip(),
            lang=language_of(question),
            started=time.perf_counter(),
            messages=self._messages(question.strip()),
            schema=prompt.reply_schema(question),
        )
        try:
            for attempt in range(CALLS):
                async with aclosing(self._attempt(turn, last=attempt == CALLS - 1)) as events:
                    async for event in events:
                        yield event
                reason = self._repairable(turn)
                if reason is None or attempt == CALLS - 1:
                    break
                yield Repair(reason)
                sql = turn.reply.sql if isinstance(turn.reply, Statement) else None
                turn.messages = prompt.repair(turn.messages, sql, reason)
                turn.schema = prompt.repair_schema(turn.question)
        except AssistantError as error:
            turn.failure = error
        turn.usage = replace(turn.usage, seconds=time.perf_counter() - turn.started)
        yield turn.usage
        yield Answered(self._answer(turn))

    def _messages(self, question: str) -> list[Message]:
        found = hints(question, self._schema)
        return prompt.messages(self._prefix, question, found, self._today())

    async def _attempt(self, turn: _Turn, *, last: bool) -> AsyncGenerator[Event, None]:
        """One call to the model, and the statement it wrote."""
        turn.raw, turn.reply, turn.failure = "", None, None
        try:
            async with aclosing(self._call(turn)) as events:
                async for event in events:
                    yield event
            turn.reply = parse(turn.raw)
            if isinstance(turn.reply, Statement):
                _check(turn.reply.sql, turn.question, last=last)
                bound = bind(turn.reply.sql, self._schema)
                turn.reply = replace(turn.reply, sql=bound.sql)
                yield SqlReady(bound.sql, bound.mends)
                yield Progress("running")
                turn.result = await self._tools.query(turn.reply.sql)
                yield RowsReady(turn.result)
        except _MENDABLE as error:
            turn.failure = error

    async def _call(self, turn: _Turn) -> AsyncGenerator[Event, None]:
        yield Progress("reading")
        sql = SqlReader()
        try:
            async with aclosing(self._model.reply(turn.messages, turn.schema)) as pieces:
                async for piece in pieces:
                    for event in _piece_events(piece, turn, sql):
                        yield event
        finally:
            turn.usage = _add(turn.usage, self._model.usage)

    def _repairable(self, turn: _Turn) -> str | None:
        """What to tell the model so that it can mend its reply; None when there is no need."""
        match turn.failure, turn.reply:
            case DatabaseToolFailed(actor="model") as error, Statement(sql=sql):
                if error.code in _WRITES:
                    return None
                message = str(error.details.get("message") or error.message)
                return error_facts(message, sql, self._schema)
            case (YearsIgnored() | NoTableRead()) as error, _:
                return str(error)
            case (MalformedReply() | ReplyTooLong()) as error, _:
                return f"{error}. Reply with one short JSON object."
            case None, Statement(sql=sql) if turn.result and is_empty(turn.result):
                return empty_facts(sql, self._schema)
            case _:
                return None

    def _answer(self, turn: _Turn) -> Answer:
        base = Answer(
            status="answered",
            text="",
            sql=turn.reply.sql if isinstance(turn.reply, Statement) else None,
            usage=turn.usage,
            model=self._model.endpoint.model,
            database=self._database,
        )
        if turn.failure:
            return self._failed(base, turn.failure, turn.lang)
        match turn.reply:
            case Question(text=text, choices=choices):
                default = choices[0] if choices else None
                return replace(base, status="ask", text=text, choices=choices, default=default)
            case Refusal(reason=reason):
                text = reason or t("answer.no_reason", turn.lang, tables=self._table_names())
                return replace(base, status="refused", text=text, exit_code=1)
            case Statement(template=template) if turn.result:
                text = ground(template, turn.result, turn.question, turn.lang)
                notes = _notes(turn, turn.result)
                return replace(base, text=text, result=turn.result, notes=notes)
            case _:
                return replace(base, status="failed", exit_code=1)

    def _failed(self, base: Answer, error: AssistantError, lang: Language) -> Answer:
        match error:
            case DatabaseToolFailed(code=code) if code in _WRITES:
                return replace(base, status="refused", text=t("answer.write", lang), exit_code=1)
            case DatabaseToolFailed(actor="model") if name := unknown_name(error.message):
                text = t("answer.names_unknown", lang, name=name, tables=self._table_names())
                return replace(base, status="refused", text=text, exit_code=1)
            case _:
                text = describe(error, lang)
                return replace(base, status="failed", text=text, exit_code=error.exit_code)

    def _table_names(self) -> str:
        return ", ".join(table.name for table in self._schema.tables)


_MENDABLE = (DatabaseToolFailed, MalformedReply, ReplyTooLong, YearsIgnored, NoTableRead)
_WRITES = {"WriteRefused"}


def _piece_events(piece: Piece, turn: _Turn, sql: SqlReader) -> list[Event]:
    if piece.kind == "reasoning":
        return [ReasoningDelta(piece.text)]
    events: list[Event] = [] if turn.raw else [Progress("writing")]
    turn.raw += piece.text
    delta = sql.feed(piece.text)
    return [*events, SqlDelta(delta)] if delta else events


def _add(total: Usage, call: Usage) -> Usage:
    """Two calls' costs together; the speed is the later call's."""
    return Usage(
        calls=total.calls + call.calls,
        prompt_tokens=total.prompt_tokens + call.prompt_tokens,
        cached_tokens=total.cached_tokens + call.cached_tokens,
        completion_tokens=total.completion_tokens + call.completion_tokens,
        tokens_per_second=call.tokens_per_second,
    )


def _check(sql: str, question: str, *, last: bool) -> None:
    """Object to a statement before it runs.

    Raises: NoTableRead; YearsIgnored, but not the last time.
    """
    if not reads_a_table(sql):
        raise NoTableRead(sql=sql)
    years = unused_years(question, sql)
    if years and not last:
        raise YearsIgnored(years=", ".join(years))


def _notes(turn: _Turn, result: QueryResult) -> tuple[str, ...]:
    """What the person should know before relying on the rows."""
    notes = []
    if years := unused_years(turn.question, result.sql):
        notes.append(t("answer.years_unused", turn.lang, years=", ".join(years)))
    match result.truncated:
        case None:
            pass
        case "rows":
            count = number_text(result.row_count)
            notes.append(t("answer.cut_rows", turn.lang, count=count))
        case why:
            notes.append(t("answer.cut_other", turn.lang, why=why))
    return tuple(notes)
