"""One question with nobody there to be asked back."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from assistant.asker import Asker, failed_answer
from assistant.events import Answer, Answered, Progress, Usage
from assistant.locale import language_of, t


async def answer_unattended(
    asker: Asker, question: str, on_progress: Callable[[Progress], None]
) -> Answer:
    """The answer, or why there is none; raises nothing.

    A question back is answered with its default, once, and the answer notes that; without a
    default it is the end.
    """
    first = await _ask(asker, question, on_progress)
    if first.status != "ask" or not first.default:
        return first
    second = await _ask(asker, first.default, on_progress)
    note = t(
        "report.default_taken", language_of(question), question=first.text, choice=first.default
    )
    return replace(second, notes=(note, *second.notes), usage=_total(first.usage, second.usage))


async def _ask(asker: Asker, question: str, on_progress: Callable[[Progress], None]) -> Answer:
    try:
        async with aclosing(asker.ask(question)) as events:
            async for event in events:
                match event:
                    case Progress():
                        on_progress(event)
                    case Answered(answer):
                        return answer
        raise EOFError("the stream ended without an answer")
    except Exception as error:  # noqa: BLE001 - one broken question may not end the night's run
        return failed_answer(error)


def _total(first: Usage, second: Usage) -> Usage:
    generated = first.completion_tokens + second.completion_tokens
    generating = sum(
        usage.completion_tokens / usage.tokens_per_second
        for usage in (first, second)
        if usage.tokens_per_second
    )
    return Usage(
        calls=first.calls + second.calls,
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        cached_tokens=first.cached_tokens + second.cached_tokens,
        completion_tokens=generated,
        tokens_per_second=generated / generating if generating else 0.0,
        seconds=first.seconds + second.seconds,
    )
