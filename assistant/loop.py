"""One question → a stream of events. Code owns the control flow; the model writes one reply.

A reply that cannot be read, a database error, or zero rows with a value that no row has earns
one more call, with facts that code computed. Rows that came back are accepted.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import date
from typing import Protocol

from assistant import prompt
from assistant.asker import Effort, Surroundings, failed_answer
from assistant.binding import bind
from assistant.calling import call
from assistant.checks import (
    MENDABLE,
    QueryTools,
    check,
    check_cost,
    check_source,
    repair_reason,
)
from assistant.conclusion import Turn, conclude, names_nothing, statement_of
from assistant.dates import Found, Today, find_periods
from assistant.doublecheck import SECOND, compared
from assistant.errors import AssistantError, DatabaseToolFailed, EmptyQuestion, MeaningUnsaid
from assistant.events import (
    Answer,
    Answered,
    Event,
    Progress,
    QueryResult,
    Repair,
    RowsReady,
    SqlReady,
)
from assistant.excerpt import Excerpt, SchemaTools, budget_of
from assistant.explanation import explain
from assistant.followup import Earlier
from assistant.hints import hints
from assistant.knowledge.retrieval import pairs_like, terms_in
from assistant.linking import Link, StoredValue, link
from assistant.lists import gives_list
from assistant.locale import language, language_of, t
from assistant.mends import Bound
from assistant.model import ChatModel, Message, Sampling
from assistant.options import USUAL, Options
from assistant.outside import outside_word
from assistant.probes import probes
from assistant.prose import adds, prose
from assistant.reply import Refusal, Statement, parse
from assistant.rerun import run_sql
from assistant.schema import Schema
from assistant.steady import steadied
from assistant.vague import unmeasured

CALLS = 2


class LoopTools(QueryTools, SchemaTools, Protocol):
    """What a loop needs of the database."""


class Loop:
    """Answers questions about one schema with one model."""

    def __init__(
        self,
        model: ChatModel,
        tools: LoopTools,
        schema: Schema,
        *,
        today: Callable[[], date] = date.today,
        database: str = "",
        options: Options = USUAL,
    ) -> None:
        """`today` is asked anew for each question."""
        self._model = model
        self._tools = tools
        self._today = today
        self._database = database or schema.connection
        self._options = options
        self._methods = options.methods
        self._excerpt = Excerpt(tools, schema, budget_of(model.endpoint.context_tokens))
        self._opened: tuple[Schema, list[Message]] | None = None

    @property
    def surroundings(self) -> Surroundings:
        """What is asked, and by what."""
        endpoint = self._model.endpoint
        return Surroundings(
            self._excerpt.shown, endpoint.model, endpoint.context_tokens, self._model.effort
        )

    async def values(self, text: str) -> list[StoredValue]:
        """Stored values that fit words of the text, the best first."""
        return await self._tools.values(text)

    async def set_effort(self, effort: Effort) -> None:
        """Think so much from the next question on; the model server reads the prefix anew."""
        self._model.effort = effort
        await self.warm()

    def run_sql(self, sql: str) -> AsyncGenerator[Event, None]:
        """The rows of a person's own statement."""
        return run_sql(
            sql,
            self._tools,
            flavour=self._excerpt.shown.flavour,
            database=self._database,
            most_rows=self._options.most_rows_read,
        )

    def explain(self, sql: str) -> AsyncGenerator[Event, None]:
        """The statement in words, in the language of the person."""
        return explain(sql, self._model, self._opening(self._excerpt.shown), language())

    async def warm(self) -> None:
        """Have the model server read what stands before questions, while the person types."""
        tables = await self._excerpt.about("")
        await self._model.warm(prompt.messages(self._opening(tables), ""))

    def _opening(self, tables: Schema) -> list[Message]:
        """What the prompt opens with; the same object as long as the tables are the same."""
        if self._opened is None or self._opened[0] is not tables:
            shown = tables if self._methods.values else tables.without_values()
            shown = self._options.knowledge.annotated(shown) if self._methods.glossary else shown
            self._opened = tables, prompt.opening(shown)
        return self._opened[1]

    async def ask(
        self, question: str, earlier: Earlier | None = None
    ) -> AsyncGenerator[Event, None]:
        """The events of one question; closing the generator stops the model and the query.

        `earlier`: the question that this one refers back to.

        Raises: EmptyQuestion. Every other failure is an `Answered` with status failed.
        """
        async with aclosing(self._events(question, earlier, Sampling())) as events:
            async for event in events:
                yield event

    async def double_check(
        self, question: str, first: Answer, earlier: Earlier | None = None
    ) -> AsyncGenerator[Event, None]:
        """The same question answered by a second sample; its answer tells how the two compare.

        Where they agree the last event holds `first` with a note, else the second answer.
        Raises: EmptyQuestion.
        """
        async with aclosing(self._events(question, earlier, SECOND)) as events:
            async for event in events:
                yield compared(first, event, language_of(question))

    async def _events(
        self, question: str, earlier: Earlier | None, sampling: Sampling
    ) -> AsyncGenerator[Event, None]:
        if not question.strip():
            raise EmptyQuestion
        try:
            turn = await self._begun(question.strip(), earlier, sampling)
        except AssistantError as error:
            yield Answered(failed_answer(error))
            return
        try:
            if turn.reply is None:
                async with aclosing(self._attempts(turn)) as events:
                    async for event in events:
                        yield event
            if turn.result and not turn.failure:
                await self._probe(turn, turn.result)
                if self._options.prose and adds(turn.question, turn.result):
                    async with aclosing(prose(self._model, turn, turn.result)) as events:
                        async for event in events:
                            yield event
        except AssistantError as error:
            turn.failure = error
        turn.usage = replace(turn.usage, seconds=time.perf_counter() - turn.started)
        yield turn.usage
        yield Answered(conclude(turn, model=self._model.endpoint.model, database=self._database))

    async def _begun(self, question: str, earlier: Earlier | None, sampling: Sampling) -> Turn:
        """The turn with everything that code knows before the model is asked."""
        started = time.perf_counter()
        tables = await self._excerpt.about(question)
        found = find_periods(question, self._calendar(question))
        links = await self._links(question, tables)
        terms = terms_in(question, self._options.knowledge)
        part = self._question_part(question, links, found, terms)
        said = [*terms, *(link.hint for link in links)]
        lang = language_of(question)
        outside = outside_word(question, tables, said)
        return Turn(
            question=question,
            lang=lang,
            started=started,
            reply=Refusal(t("answer.outside", lang, word=outside)) if outside else None,
            found=found,
            today=self._today(),
            vague=unmeasured(question, said),
            links=links,
            messages=prompt.messages(self._opening(tables), part, earlier),
            schema=prompt.reply_schema(question),
            tables=tables,
            sampling=sampling,
        )

    async def _attempts(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """A first attempt, and a second one with facts where the first needs it."""
        calls = CALLS if self._methods.repair else 1
        for attempt in range(1, calls + 1):
            async with aclosing(self._attempt(turn, last=attempt == calls)) as events:
                async for event in events:
                    yield event
            reason = await repair_reason(turn, self._tools)
            if reason is None or attempt == calls:
                return
            yield Repair(reason)
            turn.messages = prompt.repair(turn.messages, statement_of(turn), reason)
            # A name that is nowhere may be data that is not there; else minds are not changed.
            missing = names_nothing(turn.failure, statement_of(turn), turn.tables)
            open_again = missing or isinstance(turn.failure, MeaningUnsaid)
            if not (open_again or isinstance(turn.reply, Refusal)):
                turn.schema = prompt.repair_schema(turn.question)
            turn.sampling = replace(turn.sampling, harder=True)

    def _calendar(self, question: str) -> Today:
        """Today, and when the fiscal year starts: in Japan in April unless said otherwise."""
        usual = 4 if language_of(question) == "ja" else 1
        return Today(self._today(), self._options.fiscal_year_starts or usual)

    async def _links(self, question: str, tables: Schema) -> tuple[Link, ...]:
        """What the question says of stored values; without an index, of the schema's few."""
        if not self._methods.linking:
            return ()
        try:
            stored = await self._tools.values(question)
        except DatabaseToolFailed:
            stored = []
        return link(question, tables, stored)

    def _question_part(
        self, question: str, links: tuple[Link, ...], found: Found, terms: list[str]
    ) -> str:
        told = hints(links, found.periods) if self._methods.linking else []
        told += terms if self._methods.glossary else []
        pairs = pairs_like(question, self._options.knowledge) if self._methods.pairs else []
        today = self._today() if found.open else None
        verified = [(pair.question, pair.sql) for pair in pairs]
        return prompt.question_part(question, told, today, verified)

    async def _probe(self, turn: Turn, result: QueryResult) -> None:
        """Confirm doubts that need one more look; a look that fails confirms nothing."""
        for probe in probes(result, turn.tables, turn.lang):
            with suppress(DatabaseToolFailed):
                if note := probe.note(await self._tools.query(probe.sql)):
                    turn.notes += (note,)

    async def _attempt(self, turn: Turn, *, last: bool) -> AsyncGenerator[Event, None]:
        """One call to the model, and the statement it wrote."""
        turn.reply, turn.failure = None, None
        try:
            reply = call(
                self._model, turn, enough=lambda sql: gives_list(self._bound(sql, turn).sql)
            )
            async with aclosing(reply) as events:
                async for event in events:
                    yield event
            turn.reply = parse(turn.raw)
            if isinstance(turn.reply, Statement):
                bound = self._bound(turn.reply.sql, turn)
                turn.reply, turn.mends = replace(turn.reply, sql=bound.sql), bound.mends
                await self._check(bound.sql, turn, last=last)
                yield SqlReady(bound.sql, bound.mends)
                yield Progress("running")
                turn.result = await self._tools.query(turn.reply.sql)
                yield RowsReady(turn.result)
        except MENDABLE as error:
            turn.failure = error

    async def _check(self, sql: str, turn: Turn, *, last: bool) -> None:
        """Object to a statement before it runs; the last time only to what must not run at all."""
        check_source(sql)
        if not self._methods.checks:
            return
        if not last:
            check(sql, turn)
        if turn.tables.flavour != "sqlite":  # its plan tells no rows
            await check_cost(sql, self._tools, self._options.most_rows_read)

    def _bound(self, sql: str, turn: Turn) -> Bound:
        if not self._methods.checks:
            return Bound(sql)
        bound = bind(sql, turn.tables, turn.question, turn.found.periods, turn.links)
        return steadied(bound, turn.tables)
