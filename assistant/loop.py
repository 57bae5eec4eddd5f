"""One question → a stream of events. Code owns the control flow; the model writes one reply.

A reply that cannot be read, a database error, or zero rows with a value that no row has earns
one more call, with facts that code computed. Rows that came back are accepted.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from assistant import prompt
from assistant.binding import empty_facts, error_facts, unknown_name
from assistant.errors import (
    AssistantError,
    DatabaseToolFailed,
    EmptyQuestion,
    MalformedReply,
    ReplyTooLong,
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
from assistant.grounding import ground, is_empty
from assistant.locale import Language, describe, describe_foreign, language_of, t
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
        await self._model.warm(prompt.messages(self._prefix, "", self._today()))

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
            messages=prompt.messages(self._prefix, question.strip(), self._today()),
            schema=prompt.reply_schema(question),
        )
        try:
            for attempt in range(CALLS):
                async for event in self._attempt(turn):
                    yield event
                reason = self._repairable(turn)
                if reason is None or attempt == CALLS - 1:
                    break
                yield Repair(reason)
                turn.messages = prompt.repair(turn.messages, turn.raw, reason)
                turn.schema = prompt.repair_schema(turn.question)
        except AssistantError as error:
            turn.failure = error
        turn.usage = replace(turn.usage, seconds=time.perf_counter() - turn.started)
        yield turn.usage
        yield Answered(self._answer(turn))

    async def _attempt(self, turn: _Turn) -> AsyncIterator[Event]:
        """One call to the model, and the statement it wrote."""
        turn.raw, turn.reply, turn.failure = "", None, None
        try:
            async for event in self._call(turn):
                yield event
            turn.reply = parse(turn.raw)
            if isinstance(turn.reply, Statement):
                yield SqlReady(turn.reply.sql)
                yield Progress("running")
                turn.result = await self._tools.query(turn.reply.sql)
                yield RowsReady(turn.result)
        except (DatabaseToolFailed, MalformedReply, ReplyTooLong) as error:
            turn.failure = error

    async def _call(self, turn: _Turn) -> AsyncIterator[Event]:
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
                return error_facts(error.message, sql, self._schema)
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
                notes = _notes(turn.result, turn.lang)
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
            case DatabaseToolFailed(actor=actor):
                slots, message = error.details, error.message
                text = describe_foreign("mcp_server", error.code, slots, message, lang)
                return replace(base, status="failed", text=text, exit_code=_EXIT_CODES[actor])
            case _:
                text = describe(error, lang)
                return replace(base, status="failed", text=text, exit_code=error.exit_code)

    def _table_names(self) -> str:
        return ", ".join(table.name for table in self._schema.tables)


_WRITES = {"WriteRefused"}
_EXIT_CODES = {"model": 1, "person": 2, "time": 3}


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


def _notes(result: QueryResult, lang: Language) -> tuple[str, ...]:
    match result.truncated:
        case None:
            return ()
        case "rows":
            return (t("answer.cut_rows", lang, count=number_text(result.row_count)),)
        case why:
            return (t("answer.cut_other", lang, why=why),)
