"""What a call cost, and whether the server still knew what it had read before."""

from itertools import takewhile
from typing import Any

from openai.types.chat import ChatCompletionChunk

from assistant.events import ColdPrompt, Usage
from assistant.model.terms import Message

# Fewer tokens than these are read so quickly that nobody need be told.
WORTH_TELLING = 256


def usage_of(last: ChatCompletionChunk | None, seconds: float, pieces: int = 0) -> Usage:
    """Count one call from the last chunk; llama-server adds `timings` to the standard usage.

    Where a reply was cut and the server tells nothing on the way, a piece is about a token.
    """
    timings: dict[str, Any] = getattr(last, "timings", None) or {}
    counted = last.usage if last else None
    told = int(timings.get("predicted_n", pieces))
    completion = counted.completion_tokens if counted else told
    cached = cached_tokens(last) or 0
    speed = float(timings.get("predicted_per_second") or (completion / seconds if seconds else 0))
    return Usage(
        calls=1,
        prompt_tokens=counted.prompt_tokens
        if counted
        else int(timings.get("prompt_n", 0)) + cached,
        cached_tokens=cached,
        completion_tokens=completion,
        tokens_per_second=round(speed, 1),
        seconds=seconds,
    )


def cached_tokens(last: ChatCompletionChunk | None) -> int | None:
    """Tokens of the prompt that the server had read before; None where it does not say."""
    timings: dict[str, Any] = getattr(last, "timings", None) or {}
    counted = last.usage if last else None
    details = counted.prompt_tokens_details if counted else None
    told = timings.get("cache_n"), details.cached_tokens if details else None
    known = [count for count in told if count is not None]
    return max(known) if known else None


def together(first: Usage, second: Usage) -> Usage:
    """Two attempts' costs; the speed is the later one's."""
    return Usage(
        calls=first.calls + second.calls,
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        cached_tokens=first.cached_tokens + second.cached_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        tokens_per_second=second.tokens_per_second,
        seconds=first.seconds + second.seconds,
    )


class CacheWatch:
    """Remembers the last prompt, and notices when its common part had to be read anew."""

    def __init__(self) -> None:
        self._text = ""
        self._tokens = 0

    def read(self, messages: list[Message], tokens: int) -> None:
        """The server has read this prompt now."""
        self._text, self._tokens = _text(messages), tokens

    def cold(self, messages: list[Message], usage: Usage) -> ColdPrompt | None:
        """A notice when less than half was cached of what this prompt shares with the last one."""
        shared = _shared(self._text, _text(messages))
        expected = round(self._tokens * shared / len(self._text)) if self._text else 0
        if expected < WORTH_TELLING or usage.cached_tokens >= expected / 2:
            return None
        return ColdPrompt(tokens=usage.new_prompt_tokens, expected=expected)


def _shared(first: str, second: str) -> int:
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    )


def _text(messages: list[Message]) -> str:
    return "".join(str(message.get("content")) for message in messages)
