"""The rows that are a right answer to a question."""

from collections.abc import Sequence

from assistant.checks import QueryTools
from assistant.errors import DatabaseToolFailed, EvaluationStopped
from assistant.evaluation.questions import GoldQuestion
from assistant.evaluation.ties import top
from assistant.events import Row


async def gold_rows(question: GoldQuestion, tools: QueryTools) -> list[Sequence[Row]]:
    """Those of each gold statement that runs, with other ways to choose equal rows at its LIMIT.

    Raises: EvaluationStopped when the database has gone.
    """
    golds: list[Sequence[Row]] = []
    for sql in question.gold:
        rows = await _rows(sql, tools)
        golds += [] if rows is None else [rows]
        first = top(sql) if rows else None
        wider = await _rows(first.wider, tools) if first else None
        if first and wider:
            golds += first.choices(wider, ordered=question.order)
    return golds


async def _rows(sql: str, tools: QueryTools) -> Sequence[Row] | None:
    """The rows of a statement; None when the database does not run it."""
    try:
        return (await tools.query(sql)).rows
    except DatabaseToolFailed as error:
        if error.exit_code == 3:
            raise EvaluationStopped(id="-", reason=str(error)) from error
        return None
