"""What is wrong with a statement before it runs, and what the model is told when it failed."""

from typing import Protocol

from assistant.asked import counts_nothing, ranks_nothing, ungrouped_unit
from assistant.conclusion import WRITES, Turn
from assistant.dates import ignored
from assistant.errors import (
    ConditionIgnored,
    DatabaseToolFailed,
    MalformedReply,
    MeaningUnsaid,
    Misjoined,
    NoTableRead,
    NotCounted,
    NotGrouped,
    NotRanked,
    ReadsTooMuch,
    ReplyTooLong,
    RowsRepeated,
    UngroupedColumns,
)
from assistant.events import QueryResult
from assistant.facts import Compared, error_facts, reads_a_table, unmatched, unread
from assistant.fanout import multiplied
from assistant.grounding import is_empty
from assistant.grouping import ungrouped
from assistant.joins import misjoined
from assistant.linking import StoredValue, nearest, unused
from assistant.nouns import named_tables
from assistant.refusals import denied
from assistant.reply import Refusal, Statement
from assistant.schema import Schema
from assistant.scopes import filters

MENDABLE = (
    DatabaseToolFailed,
    MalformedReply,
    ReplyTooLong,
    ConditionIgnored,
    NoTableRead,
    UngroupedColumns,
    MeaningUnsaid,
    Misjoined,
    NotCounted,
    NotGrouped,
    NotRanked,
    RowsRepeated,
    ReadsTooMuch,
)
"""Failures of a statement or a reply, after which the model may be asked once more."""


class QueryTools(Protocol):
    """What answering needs of the database."""

    async def query(self, sql: str) -> QueryResult:
        """Run one statement."""
        ...

    async def values(self, text: str) -> list[StoredValue]:
        """Stored values that fit words of the text."""
        ...

    async def estimate(self, sql: str) -> int | None:
        """Rows that the database expects to read."""
        ...


def check(sql: str, turn: Turn) -> None:
    """Object to a statement that asks something else than the question.

    Raises: MeaningUnsaid, ConditionIgnored, NotGrouped, NotCounted, NotRanked, UngroupedColumns,
    RowsRepeated, Misjoined.
    """
    _check_question(sql, turn)
    _check_tables(sql, turn.tables)


def _check_question(sql: str, turn: Turn) -> None:
    if word := turn.vague:
        raise MeaningUnsaid(word=word)
    periods = ignored(turn.found.periods, sql)
    unmet = [f"{period.name}: {period.condition}" for period in periods]
    unmet += [link.hint for link in unused(turn.links, sql) if len(link.places) == 1]
    if unmet:
        raise ConditionIgnored(conditions="; ".join(unmet))
    if unit := ungrouped_unit(turn.question, sql, turn.tables):
        raise NotGrouped(unit=unit, keep=_kept(sql))
    if counts_nothing(turn.question, sql, turn.tables):
        raise NotCounted(keep=_kept(sql))
    if ranks_nothing(turn.question, sql):
        named = [table.name for table in named_tables(turn.question, turn.tables)]
        raise NotRanked(way=unread(named, sql, turn.tables))


def _kept(sql: str) -> str:
    """What a statement that is written again must not lose."""
    conditions = filters(sql)
    return f" Keep WHERE {' AND '.join(conditions)}." if conditions else ""


def _check_tables(sql: str, schema: Schema) -> None:
    if columns := ungrouped(sql, schema):
        raise UngroupedColumns(columns=", ".join(columns))
    if repeated := multiplied(sql, schema):
        total, table = repeated[0]
        raise RowsRepeated(total=total, table=table)
    if facts := misjoined(sql, schema):
        raise Misjoined(facts=" ".join(facts))


async def check_cost(sql: str, tools: QueryTools, most_rows: int) -> None:
    """Object to a statement that the database would work on for hours. Raises: ReadsTooMuch."""
    rows = await tools.estimate(sql)
    if rows is not None and rows > most_rows:
        raise ReadsTooMuch(rows=f"{rows:,}")


def check_source(sql: str) -> None:
    """Object to a statement whose rows are the model's own words. Raises: NoTableRead."""
    if not reads_a_table(sql):
        raise NoTableRead(sql=sql)


async def repair_reason(turn: Turn, tools: QueryTools) -> str | None:
    """What to tell the model so that it can mend its reply; None when there is no need."""
    schema = turn.tables
    match turn.failure, turn.reply:
        case DatabaseToolFailed(actor="model") as error, Statement(sql=sql):
            return _refused(error, sql, schema)
        case (MalformedReply() | ReplyTooLong()) as error, _:
            return f"{error}. Reply with one short JSON object."
        case error, _ if isinstance(error, MENDABLE) and not isinstance(error, DatabaseToolFailed):
            return str(error)
        case None, Refusal(reason=reason) if there := denied(reason, schema):
            return (
                f"There is {', '.join(there)}. Write the statement, or refuse for another reason."
            )
        case None, Statement(sql=sql) if turn.result and is_empty(turn.result):
            return await _missed(sql, schema, tools)
        case _:
            return None


def _refused(error: DatabaseToolFailed, sql: str, schema: Schema) -> str | None:
    """What the database objects to, and where the missing name is; None for a write."""
    if error.code in WRITES:
        return None
    return error_facts(str(error.details.get("message") or error.message), sql, schema)


async def _missed(sql: str, schema: Schema, tools: QueryTools) -> str | None:
    """What is stored instead of the values that the statement compares with.

    None when every one exists, or nothing like it; then zero rows are the answer.
    """
    facts = []
    for compared in unmatched(sql, schema):
        near = [] if compared.values else await _near(compared, tools)
        if compared.values or (near and compared.literal not in near):
            facts.append(compared.fact(near))
    return "No rows. " + " ".join(facts) if facts else None


async def _near(compared: Compared, tools: QueryTools) -> list[str]:
    """Values of the column that are like the literal; none without an index."""
    try:
        stored = await tools.values(compared.literal)
    except DatabaseToolFailed:
        return []
    return nearest(compared.literal, (v for v in stored if v.column == compared.column))
