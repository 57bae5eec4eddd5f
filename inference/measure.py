"""How fast a llama-server is, measured from outside, through its HTTP."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx2

from inference.endpoint import Endpoint
from inference.errors import MeasuringFailed

TIMEOUT = httpx2.Timeout(1800, connect=4)
# What is measured must not depend on what happens to be in the prompt; any text serves.
TEXT = """orders(id, customer_id->customers.id, ordered_on date, status {'paid','sent'}) -- 注文
SELECT c.name, SUM(o.total) AS sales FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.ordered_on >= '2025-04-01' GROUP BY c.name ORDER BY sales DESC LIMIT 10; 売上の多い順に表示
"""
GENERATED = 32


@dataclass(frozen=True, slots=True)
class Reply:
    """One completion: what it wrote, and seconds as the client saw them."""

    tokens: tuple[int, ...]
    prompt_tokens: int
    prompt_seconds: float
    first_token: float
    generation_seconds: float
    seconds: float

    @property
    def prompt_rate(self) -> float:
        """Tokens a second of the prompt that were not cached."""
        return self.prompt_tokens / self.prompt_seconds if self.prompt_seconds else 0.0

    @property
    def generation_rate(self) -> float:
        """Tokens a second, counted from the first one."""
        counted = len(self.tokens) - 1
        return counted / self.generation_seconds if self.generation_seconds else 0.0


@dataclass(frozen=True, slots=True)
class AtDepth:
    """What a model does when so many tokens lie before the answer; seconds, tokens a second."""

    depth: int
    prompt_rate: float
    generation_rate: float
    first_token: float


@dataclass(frozen=True, slots=True)
class Script:
    """A turn of an agent, in tokens: a prompt read cold, tool calls with their results, an answer.

    `rounds` times the model writes `call` tokens and reads `result` tokens.
    """

    prompt: int
    rounds: int
    call: int
    result: int
    answer: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A script that was played; seconds in all, tokens a second."""

    seconds: float
    prompt_rate: float
    generation_rate: float


class Stopwatch:
    """Measures one server; a context manager, for the connection that it keeps."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = httpx2.Client(
            base_url=endpoint.base_url.removesuffix("/v1"),
            headers={"Authorization": f"Bearer {endpoint.api_key}"},
            timeout=TIMEOUT,
            trust_env=False,
        )
        self._words: list[int] = []
        self._played = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def at_depths(self, depths: tuple[int, ...], generated: int = GENERATED) -> Iterator[AtDepth]:
        """Read a cold prompt of each length and write on; raises MeasuringFailed."""
        for depth in depths:
            reply = self.complete(self._prompt(max(depth, 1)), generated)
            yield AtDepth(depth, reply.prompt_rate, reply.generation_rate, reply.first_token)

    def play(self, script: Script) -> Turn:
        """Play a turn; raises MeasuringFailed when the server does not do its part."""
        prompt = self._prompt(script.prompt)
        replies: list[Reply] = []
        for _ in range(script.rounds):
            replies.append(self.complete(prompt, script.call))
            prompt = [*prompt, *replies[-1].tokens, *self._prompt(script.result)]
        replies.append(self.complete(prompt, script.answer))
        longest = max(replies, key=lambda reply: reply.prompt_tokens)
        return Turn(
            seconds=sum(reply.seconds for reply in replies),
            prompt_rate=longest.prompt_rate,
            generation_rate=replies[-1].generation_rate,
        )

    def complete(self, prompt: list[int], tokens: int) -> Reply:
        """Write so many tokens after a prompt; raises MeasuringFailed."""
        wish = {"n_predict": tokens, "ignore_eos": True, "temperature": 0, "cache_prompt": True}
        body = {"prompt": prompt, "stream": True, "return_tokens": True, **wish}
        started = time.perf_counter()
        first = None
        written: list[int] = []
        timings: dict[str, Any] = {}
        for event in self._events(body):
            first = first or time.perf_counter()
            written += event.get("tokens", [])
            timings = event.get("timings", timings)
        if first is None or len(written) < tokens:
            raise MeasuringFailed(reason=f"{len(written)} of {tokens} tokens were written")
        ended = time.perf_counter()
        return Reply(
            tokens=tuple(written),
            prompt_tokens=int(timings.get("prompt_n", len(prompt))),
            prompt_seconds=float(timings.get("prompt_ms", 1000 * (first - started))) / 1000,
            first_token=first - started,
            generation_seconds=ended - first,
            seconds=ended - started,
        )

    def _events(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            with self._client.stream("POST", "/completion", json=body) as reply:
                if not reply.is_success:
                    reply.read()
                    raise MeasuringFailed(reason=f"HTTP {reply.status_code}: {reply.text[:200]}")
                for line in reply.iter_lines():
                    if line.startswith("data: {"):
                        yield json.loads(line.removeprefix("data: "))
        except (httpx2.HTTPError, ValueError) as error:
            raise MeasuringFailed(reason=str(error) or type(error).__name__) from error

    def _prompt(self, length: int) -> list[int]:
        """So many tokens of text, begun anew at another word each time, so that none is cached."""
        words = self._words = self._words or self._tokens_of(TEXT)
        self._played += 1
        start = self._played * 7 % len(words)
        return [words[(start + n * (1 + self._played % 3)) % len(words)] for n in range(length)]

    def _tokens_of(self, text: str) -> list[int]:
        try:
            reply = self._client.post("/tokenize", json={"content": text}).raise_for_status()
            tokens: list[int] = reply.json()["tokens"]
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            raise MeasuringFailed(reason=str(error) or type(error).__name__) from error
        return tokens
