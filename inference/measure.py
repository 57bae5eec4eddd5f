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
# Any text serves: what is measured does not depend on what it says.
TEXT = """orders(id, customer_id->customers.id, ordered_on date, status {'paid','sent'}) -- orders
SELECT c.name, SUM(o.total) AS sales FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.ordered_on >= '2025-04-01' GROUP BY c.name ORDER BY sales DESC LIMIT 10;
"""
# Answers are held to a schema in real use too; and half a letter at the end of one is an error.
GRAMMAR = r"root ::= [ -~\n]*"
GENERATED, LEAST = 32, 32


@dataclass(frozen=True, slots=True)
class Reply:
    """One completion: what it wrote, rates as the server counted them, seconds as we did.

    `prompt_tokens` are those that were not cached. `first_token` is 0 unless it was streamed.
    """

    tokens: tuple[int, ...]
    prompt_tokens: int
    prompt_rate: float
    generation_rate: float
    seconds: float
    first_token: float = 0.0


@dataclass(frozen=True, slots=True)
class AtDepth:
    """What a model does when so many tokens lie before the answer; seconds, tokens a second.

    `prompt_rate` is None where there were too few tokens to tell.
    """

    depth: int
    prompt_rate: float | None
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

    def estimate(self, turn: "Turn") -> float:
        """Seconds that it will take at the rates of a turn that was played."""
        read, written = self.prompt + self.rounds * self.result, self.rounds * self.call
        return read / turn.prompt_rate + (written + self.answer) / turn.generation_rate


@dataclass(frozen=True, slots=True)
class Turn:
    """A script that was played; seconds in all, tokens a second."""

    seconds: float
    prompt_rate: float
    generation_rate: float


class Stopwatch:
    """Measures one server; a context manager, for the client that it keeps."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = httpx2.Client(
            base_url=endpoint.base_url.removesuffix("/v1"),
            headers={"Authorization": f"Bearer {endpoint.api_key}"},
            timeout=TIMEOUT,
            trust_env=False,
            # A kept connection may have been closed by the server meanwhile.
            limits=httpx2.Limits(max_keepalive_connections=0),
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
            reply = self.complete(self._prompt(max(depth, 1)), generated, stream=True)
            read = reply.prompt_rate if depth >= LEAST else None
            yield AtDepth(depth, read, reply.generation_rate, reply.first_token)

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

    def complete(self, prompt: list[int], tokens: int, *, stream: bool = False) -> Reply:
        """Write so many tokens after a prompt; raises MeasuringFailed.

        Of a stream the tokens are not all told: letters in several tokens come as one.
        """
        wish = {"n_predict": tokens, "ignore_eos": True, "temperature": 0, "grammar": GRAMMAR}
        body = {"prompt": prompt, "cache_prompt": True, "stream": stream, "return_tokens": True}
        started = time.perf_counter()
        first, last = 0.0, dict[str, Any]()
        for event in self._events({**body, **wish}):
            first, last = first or time.perf_counter(), event
        ended = time.perf_counter()
        timings = last.get("timings", {})
        if timings.get("predicted_n") != tokens:
            told = last.get("error", {}).get("message", "the reply ended early")
            raise MeasuringFailed(reason=str(told)[:200])
        return Reply(
            tokens=tuple(last.get("tokens", ())),
            prompt_tokens=int(timings["prompt_n"]),
            prompt_rate=float(timings["prompt_per_second"]),
            generation_rate=float(timings["predicted_per_second"]),
            seconds=ended - started,
            first_token=first - started if stream else 0.0,
        )

    def _events(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The events of a stream, without its signs of life, or the one answer."""
        try:
            with self._client.stream("POST", "/completion", json=body) as reply:
                if not reply.is_success:
                    reply.read()
                    raise MeasuringFailed(reason=f"HTTP {reply.status_code}: {reply.text[:200]}")
                for line in reply.iter_lines():
                    data = line.removeprefix("data: ")
                    if data.startswith("{"):
                        yield json.loads(data)
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
