"""The model behind an OpenAI-compatible endpoint: one streamed reply, held to a JSON schema."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from assistant.errors import (
    AssistantError,
    ContextOverflow,
    ModelKeyRejected,
    ModelRejected,
    ModelTimeout,
    ModelUnreachable,
    ReplyCut,
    ReplyTooLong,
)
from assistant.events import Usage

Message = ChatCompletionMessageParam
# Loading a long prompt on a slow PC takes minutes before the first token.
FIRST_TOKEN_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where the model answers. `base_url` ends with /v1; `context_tokens` is None when unknown."""

    base_url: str
    model: str
    api_key: str | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply as it streams in."""

    kind: Literal["reasoning", "content"]
    text: str


@dataclass(frozen=True, slots=True)
class ReplySchema:
    """The JSON schema that the server's sampler enforces."""

    name: str
    schema: dict[str, Any]

    def response_format(self) -> Any:
        """As the chat completions API spells it."""
        return {
            "type": "json_schema",
            "json_schema": {"name": self.name, "strict": True, "schema": self.schema},
        }


class ChatModel:
    """One model on one endpoint. `usage` holds the cost of the last call."""

    def __init__(
        self,
        endpoint: ModelEndpoint,
        *,
        seed: int = 0,
        max_tokens: int = 1024,  # reasoning counts too
        timeout: float = FIRST_TOKEN_SECONDS,
    ) -> None:
        self.endpoint = endpoint
        self.usage = Usage()
        self._seed = seed
        self._max_tokens = max_tokens
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key or "none",
            timeout=openai.Timeout(timeout, connect=5.0),
            # Only the opening of a stream is tried again, never a reply that has begun.
            max_retries=1,
            # No proxy stands between this machine and itself.
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not _is_here(endpoint.base_url)),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def warm(self, messages: list[Message]) -> None:
        """Have the server read a prompt ahead, so that the next one that starts alike is quick."""
        try:
            await self._client.chat.completions.create(
                model=self.endpoint.model, messages=messages, max_tokens=1, temperature=0
            )
        except openai.APIError as error:
            raise self._explain(error) from error

    async def reply(
        self, messages: list[Message], schema: ReplySchema
    ) -> AsyncGenerator[Piece, None]:
        """Stream one reply; closing this generator stops the generation on the server.

        Raises: Unreachable and QuestionFailed kinds of `assistant.errors`.
        """
        started, self.usage = time.perf_counter(), Usage(calls=1)
        finish: str | None = None
        last: ChatCompletionChunk | None = None
        async with await self._open(messages, schema) as stream:
            try:
                async for chunk in stream:
                    last = chunk
                    for choice in chunk.choices:
                        finish = choice.finish_reason or finish
                        for piece in _pieces(choice.delta):
                            yield piece
            except openai.APITimeoutError as error:
                raise self._explain(error) from error
            except _BROKEN as error:
                raise ReplyCut(url=self.endpoint.base_url) from error
        self.usage = _usage(last, time.perf_counter() - started)
        if finish is None:
            raise ReplyCut(url=self.endpoint.base_url)
        if finish == "length":
            raise ReplyTooLong(tokens=self._max_tokens)

    async def _open(
        self, messages: list[Message], schema: ReplySchema
    ) -> AbstractAsyncContextManager[AsyncIterator[ChatCompletionChunk]]:
        try:
            stream: Any = await self._client.chat.completions.create(
                model=self.endpoint.model,
                messages=messages,
                response_format=schema.response_format(),
                temperature=0,
                seed=self._seed,
                max_tokens=self._max_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
        except openai.APIError as error:
            raise self._explain(error) from error
        opened: AbstractAsyncContextManager[AsyncIterator[ChatCompletionChunk]] = stream
        return opened

    def _explain(self, error: openai.APIError) -> AssistantError:
        url = self.endpoint.base_url
        match error:
            case openai.APITimeoutError():
                return ModelTimeout(url=url)
            case openai.APIConnectionError():
                return ModelUnreachable(url=url)
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return ModelKeyRejected(url=url)
            case openai.APIStatusError(status_code=status):
                return _rejected(error, url, status)
            case _:
                return ReplyCut(url=url)


# A stream that has begun and then breaks: the connection, or what comes over it.
_BROKEN = (openai.APIError, httpx2.HTTPError, json.JSONDecodeError)


def _rejected(error: openai.APIStatusError, url: str, status: int) -> AssistantError:
    body = error.body if isinstance(error.body, dict) else {}
    if body.get("type") == "exceed_context_size_error":
        return ContextOverflow(tokens=body.get("n_prompt_tokens"), context=body.get("n_ctx"))
    first_line = (str(body.get("message") or error.message).splitlines() or [""])[0]
    return ModelRejected(url=url, status=status, message=first_line[:300])


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def _pieces(delta: Any) -> list[Piece]:
    reasoning = getattr(delta, "reasoning_content", None)
    pieces = [Piece("reasoning", reasoning)] if reasoning else []
    return [*pieces, Piece("content", delta.content)] if delta.content else pieces


def _usage(last: ChatCompletionChunk | None, seconds: float) -> Usage:
    """Count one call from the last chunk; llama-server adds `timings` to the standard usage."""
    timings: dict[str, Any] = getattr(last, "timings", None) or {}
    counted = last.usage if last else None
    completion = counted.completion_tokens if counted else int(timings.get("predicted_n", 0))
    details = counted.prompt_tokens_details if counted else None
    cached = int(timings.get("cache_n", 0)) or (details.cached_tokens if details else 0) or 0
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
