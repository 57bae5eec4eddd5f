"""One model on one endpoint: a streamed reply, tried again where the model itself stumbled."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk

from assistant.errors import HeaderMalformed, ModelTimeout, ReplyCut, ReplyEmpty
from assistant.events import ColdPrompt, Usage
from assistant.model.cost import CacheWatch, cached_tokens, together, usage_of
from assistant.model.cut import Cut
from assistant.model.family import family_of
from assistant.model.faults import cut_off, explained
from assistant.model.history import with_reasoning
from assistant.model.prefix import Prefix
from assistant.model.terms import Effort, Message, ModelEndpoint, Piece, ReplySchema, Sampling

# Loading a long prompt on a slow PC takes minutes before the first token.
FIRST_TOKEN_SECONDS = 900.0
USUAL = Sampling()


@dataclass(frozen=True, slots=True)
class Call:
    """What one attempt asks of the server; `tokens` is the most that it may generate."""

    messages: list[Message]
    schema: ReplySchema
    temperature: float
    seed: int
    effort: Effort
    tokens: int


@dataclass(slots=True)
class Heard:
    """What came of one attempt."""

    last: ChatCompletionChunk | None = None
    finish: str | None = None
    reasoning: str = ""
    replied: bool = False
    pieces: int = 0


class ChatModel:
    """One model on one endpoint, asked with one effort.

    `usage` holds the cost of the last call, `notice` what is worth telling of it.
    """

    def __init__(
        self,
        endpoint: ModelEndpoint,
        *,
        effort: Effort = "low",
        seed: int = 0,
        max_tokens: int | None = None,  # reasoning counts too
        timeout: float = FIRST_TOKEN_SECONDS,
    ) -> None:
        self.endpoint = endpoint
        self.usage = Usage()
        self.notice: ColdPrompt | None = None
        self._family = family_of(endpoint.model)
        self._effort = effort
        self._seed = seed
        self._max_tokens = max_tokens
        self._watch = CacheWatch()
        self._before: tuple[list[Message], str] = ([], "")
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",
            timeout=openai.Timeout(timeout, connect=5.0),
            # Only the opening of a stream is tried again, never a reply that has begun.
            max_retries=1,
            # No proxy stands between this machine and itself.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not _is_here(endpoint.base_url)),
        )
        self._cut = Cut(self._client, endpoint)

    @property
    def effort(self) -> Effort | None:
        """How hard it thinks from the next call on; None for a model that does not."""
        return self._effort if self._family.reasons else None

    @effort.setter
    def effort(self, effort: Effort) -> None:
        self._effort = effort

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def warm(self, messages: list[Message]) -> None:
        """Have the server read a prompt ahead, so that the next one that starts alike is quick.

        Raises: as `reply`.
        """
        try:
            tokens = await self._read_ahead(messages)
        except openai.APIError as error:
            raise explained(error, self.endpoint) from error
        self._watch.read(messages, tokens)

    async def reply(
        self, messages: list[Message], schema: ReplySchema, sampling: Sampling = USUAL
    ) -> AsyncGenerator[Piece, None]:
        """Stream one reply; closing this generator stops the generation on the server.

        A reply without words, or not in the model's own format, is asked for again, cooler.
        Raises: Unreachable and QuestionFailed kinds of `assistant.errors`.
        """
        self.usage, self.notice = Usage(), None
        call, *cooler = self._calls(messages, schema, sampling)
        while True:
            heard = Heard()
            try:
                async with aclosing(self._attempt(call, heard)) as pieces:
                    async for piece in pieces:
                        yield piece
                break
            except (HeaderMalformed, ReplyEmpty):
                if heard.replied or not cooler:
                    raise
            finally:
                if heard.replied:
                    self._before = (messages, heard.reasoning)
            call = cooler.pop(0)

    def _calls(
        self, messages: list[Message], schema: ReplySchema, sampling: Sampling
    ) -> list[Call]:
        """The first attempt and what is tried where the model stumbles."""
        effort = self._family.harder(self._effort) if sampling.harder else self._effort
        first, *cooler = self._family.temperatures
        call = Call(
            self._with_reasoning(messages),
            schema,
            first if sampling.temperature is None else sampling.temperature,
            self._seed if sampling.seed is None else sampling.seed,
            effort,
            self._max_tokens or self._family.most_tokens(effort, schema.tokens),
        )
        return [call, *(replace(call, temperature=temperature) for temperature in cooler)]

    async def _attempt(self, call: Call, heard: Heard) -> AsyncGenerator[Piece, None]:
        await self._cut.over()
        started = time.perf_counter()
        try:
            async with await self._open(call) as stream:
                async for chunk in stream:
                    for piece in _heard(chunk, heard):
                        yield piece
        except _BROKEN as error:
            raise self._broken(error) from error
        except (GeneratorExit, asyncio.CancelledError):
            self._cut.happened()
            raise
        finally:
            self._count(call.messages, heard, time.perf_counter() - started)
        match heard.finish:
            case None:
                raise ReplyCut(url=self.endpoint.base_url)
            case "length":
                raise cut_off(self.usage, call.tokens, self.endpoint, replied=heard.replied)
            case _ if heard.reasoning and not heard.replied:
                raise ReplyEmpty(model=self.endpoint.model, tokens=self.usage.completion_tokens)

    async def _open(
        self, call: Call
    ) -> AbstractAsyncContextManager[AsyncIterator[ChatCompletionChunk]]:
        slot = self.endpoint.slot
        extra = {
            **self._family.sampling,
            **self._thinking(call.effort),
            **({} if slot is None else {"id_slot": slot}),
            # What a reply has cost is told while it streams: one that is cut has no last word.
            **({"timings_per_token": True} if self.endpoint.is_llama_server else {}),
        }
        try:
            stream: Any = await self._client.chat.completions.create(
                model=self.endpoint.model,
                messages=call.messages,
                response_format=call.schema.response_format(),
                temperature=call.temperature,
                seed=call.seed,
                max_tokens=call.tokens,
                stream=True,
                stream_options={"include_usage": True},
                extra_body=extra,
            )
        except openai.APIError as error:
            raise explained(error, self.endpoint) from error
        opened: AbstractAsyncContextManager[AsyncIterator[ChatCompletionChunk]] = stream
        return opened

    async def _read_ahead(self, messages: list[Message]) -> int:
        if self.endpoint.is_llama_server:
            prefix = Prefix(self._client, self.endpoint, self._thinking(self._effort))
            with suppress(openai.NotFoundError):  # an old one, without /apply-template
                return await prefix.send(messages)
        return await self._touch(messages)

    async def _touch(self, messages: list[Message]) -> int:
        """Have the prompt read by any server, at the price of one token; how long it is."""
        told = await self._client.chat.completions.create(
            model=self.endpoint.model,
            messages=messages,
            max_tokens=1,
            temperature=0,
            extra_body=self._thinking(self._effort),
        )
        return told.usage.prompt_tokens if told.usage else 0

    def _thinking(self, effort: Effort) -> dict[str, Any]:
        """What the template must be told alike in every call, or the whole cache is lost."""
        return {"reasoning_effort": effort} if self._family.reasons else {}

    def _with_reasoning(self, messages: list[Message]) -> list[Message]:
        asked, reasoning = self._before
        if not reasoning or messages[: len(asked)] != asked:
            return messages
        as_call = self._family.keeps_reasoning_of_calls
        return with_reasoning(messages, reasoning, as_call=as_call)

    def _broken(self, error: Exception) -> Exception:
        """What ended a stream that had begun."""
        if isinstance(error, openai.APIError):
            told = explained(error, self.endpoint)
            if isinstance(told, ModelTimeout | HeaderMalformed):
                return told
        return ReplyCut(url=self.endpoint.base_url)

    def _count(self, messages: list[Message], heard: Heard, seconds: float) -> None:
        cost = usage_of(heard.last, seconds, heard.pieces)
        self.usage = together(self.usage, cost)
        if cached_tokens(heard.last) is not None:
            self.notice = self.notice or self._watch.cold(messages, cost)
        if cost.prompt_tokens:
            self._watch.read(messages, cost.prompt_tokens)


# A stream that has begun and then breaks: the connection, or what comes over it.
_BROKEN = (openai.APIError, httpx2.HTTPError, json.JSONDecodeError)


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def _heard(chunk: ChatCompletionChunk, heard: Heard) -> list[Piece]:
    """The pieces in a chunk, written down as well."""
    heard.last = chunk
    pieces: list[Piece] = []
    for choice in chunk.choices:
        heard.finish = choice.finish_reason or heard.finish
        # llama-server and SGLang call it reasoning_content, vLLM and Ollama reasoning.
        thought = getattr(choice.delta, "reasoning_content", None)
        if thought := thought or getattr(choice.delta, "reasoning", None):
            heard.reasoning += thought
            pieces.append(Piece("reasoning", thought))
        if choice.delta.content:
            heard.replied = True
            pieces.append(Piece("content", choice.delta.content))
    heard.pieces += len(pieces)
    return pieces
