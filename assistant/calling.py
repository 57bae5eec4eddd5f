"""One call to the model for a turn, as events, its cost added to the turn's."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from assistant.conclusion import Turn
from assistant.events import Event, Progress, ReasoningDelta, SqlDelta, Stage, Usage
from assistant.model import ChatModel, Piece
from assistant.reply import StringReader


def _never(_: str) -> bool:
    return False


async def call(
    model: ChatModel,
    turn: Turn,
    stage: Stage = "reading",
    *,
    enough: Callable[[str], bool] = _never,
) -> AsyncGenerator[Event, None]:
    """Ask `turn.messages`, held to `turn.schema`; the reply gathers in `turn.raw`.

    It ends with its statement where that is `enough`: every further token takes its time.
    """
    turn.raw = ""
    yield Progress(stage)
    sql, asked = StringReader(), False
    try:
        async with aclosing(model.reply(turn.messages, turn.schema, turn.sampling)) as pieces:
            async for piece in pieces:
                for event in _piece_events(piece, turn, sql):
                    yield event
                if asked or sql.whole is None:
                    continue
                asked = True
                if enough(sql.whole):
                    turn.raw = json.dumps({"sql": sql.whole}, ensure_ascii=False)
                    break
    finally:
        turn.usage = _add(turn.usage, model.usage)
    if model.notice:
        yield model.notice


def _piece_events(piece: Piece, turn: Turn, sql: StringReader) -> list[Event]:
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
