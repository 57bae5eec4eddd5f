"""A person's own statement, run under the same policy as the model's."""

import time
from collections.abc import AsyncGenerator

from assistant.checks import QueryTools, check_cost
from assistant.errors import AssistantError, DatabaseToolFailed
from assistant.events import Answer, Answered, Event, Progress, RowsReady, SqlReady, Usage
from assistant.grounding import plain
from assistant.locale import describe, language

SQLITE = "sqlite"


async def run_sql(
    sql: str, tools: QueryTools, *, flavour: str, database: str, most_rows: int
) -> AsyncGenerator[Event, None]:
    """The rows of `sql` as it stands; what the policy or the database says is its failure."""
    started = time.perf_counter()
    sql = sql.strip().removesuffix(";").rstrip()
    yield SqlReady(sql)
    yield Progress("running")
    try:
        if flavour != SQLITE:  # its plan tells no rows
            await check_cost(sql, tools, most_rows)
        result = await tools.query(sql)
    except AssistantError as error:
        code = error.exit_code
        yield Answered(Answer("failed", _told(error), sql, database=database, exit_code=code))
        return
    yield RowsReady(result)
    text = plain(result, language()) if result.rows else ""
    usage = Usage(seconds=time.perf_counter() - started)
    yield Answered(Answer("answered", text, sql, result, usage=usage, database=database))


def _told(error: AssistantError) -> str:
    """The database's own words, where it has some: they say where the statement is wrong."""
    if isinstance(error, DatabaseToolFailed) and error.actor == "model":
        return str(error.details.get("message") or describe(error))
    return describe(error)
