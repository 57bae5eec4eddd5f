"""One call to the model for a turn, as events, its cost added to the turn's."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from assistant.conclusion import Turn
from assistant.events import Event, Progress, ReasoningDelta, SqlDelta, Stage, Usage
from assistant.model import ChatModel, Piece
from assistant.reply import StringReader


async def call(
    model: ChatModel, turn: Turn, stage: Stage = "reading"
) -> AsyncGenerator[Event, None]:
    """Ask `turn.messages`, held to `turn.schema`; the reply gathers in `turn.raw`."""
    turn.raw = ""
    yield Progress(stage)
    sql = StringReader()
    try:
        async with aclosing(model.reply(turn.messages, turn.schema, turn.sampling)) as pieces:
            async for piece in pieces:
                for event in _piece_events(piece, turn, sql):
                    yield event
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
