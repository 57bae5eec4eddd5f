"""Asks the questions, several at a time where the model server can, and scores the rows."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing

from assistant.asker import Asker, failed_answer
from assistant.checks import QueryTools
from assistant.errors import AssistantError, EvaluationStopped
from assistant.evaluation.golds import gold_rows
from assistant.evaluation.journal import Kind, Outcome
from assistant.evaluation.questions import GoldQuestion
from assistant.evaluation.scoring import Rows, matches
from assistant.events import Answer, Answered

_TIMED_OUT = Answer("failed", "timeout", exit_code=1)
_NOT_ASKED = Answer("failed", "no gold statement runs", exit_code=1)


async def evaluate(
    questions: Sequence[GoldQuestion],
    askers: Sequence[Asker],
    tools: QueryTools,
    on_outcome: Callable[[Outcome], None],
    *,
    timeout: float | None = None,
) -> None:
    """Ask every question, one an asker at a time; `timeout` is in seconds a question.

    Raises: EvaluationStopped when the model server or the database has gone.
    """
    waiting = iter(questions)
    gone: list[EvaluationStopped] = []

    async def work(asker: Asker) -> None:
        for question in _until(gone, waiting):
            try:
                on_outcome(await _outcome(question, asker, tools, timeout))
            except EvaluationStopped as error:
                gone.append(error)

    await asyncio.gather(*(work(asker) for asker in askers))
    if gone:
        raise gone[0]


def _until(
    gone: list[EvaluationStopped], waiting: Iterator[GoldQuestion]
) -> Iterator[GoldQuestion]:
    """The next question, as long as there is somebody to ask."""
    while not gone and (question := next(waiting, None)):
        yield question


async def _outcome(
    question: GoldQuestion, asker: Asker, tools: QueryTools, timeout: float | None
) -> Outcome:
    golds = await gold_rows(question, tools)
    if question.gold and not golds:
        return Outcome.of(question, "skipped", _NOT_ASKED)
    answer = await _answer(question.question, asker, timeout)
    if answer.exit_code == 3:
        raise EvaluationStopped(id=question.id, reason=answer.text)
    return Outcome.of(question, _kind(question, answer, golds), answer)


async def _answer(question: str, asker: Asker, timeout: float | None) -> Answer:
    try:
        async with asyncio.timeout(timeout), aclosing(asker.ask(question)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    return event.answer
        raise EOFError("the stream ended without an answer")
    except TimeoutError:
        return _TIMED_OUT
    except (AssistantError, EOFError) as error:
        return failed_answer(error)


def _kind(question: GoldQuestion, answer: Answer, golds: Sequence[Rows]) -> Kind:
    rows = answer.result.rows if answer.result else ()
    match answer.status:
        case "answered" if not question.gold:
            return "answered"
        case "answered":
            right = any(matches(gold, rows, ordered=question.order) for gold in golds)
            return "right" if right else "wrong"
        case "ask" | "refused" as status:
            return "right" if not question.gold else "asked" if status == "ask" else "refused"
        case _ if answer is _TIMED_OUT:
            return "timeout"
        case _:
            return "error" if answer.sql else "no_sql"
