"""What goes wrong between us and a model server, as errors of ours."""

import re

import openai

from assistant.errors import (
    AssistantError,
    ContextFull,
    ContextOverflow,
    HeaderMalformed,
    ModelKeyRejected,
    ModelLoading,
    ModelRejected,
    ModelTimeout,
    ModelUnreachable,
    ReasoningTooLong,
    ReplyCut,
    ReplyTooLong,
)
from assistant.events import Usage
from assistant.model.terms import ModelEndpoint

# llama-server, when what a model wrote does not follow the model's own format.
_MALFORMED = re.compile(r"does not match the expected \S+ format")
# vLLM and SGLang tell the two sizes in words only.
_TOO_LONG = re.compile(
    r"context length (?:is|of) (?P<context>\d+).*?(?P<tokens>\d+) (?:in the messages|input tokens)",
    re.IGNORECASE | re.DOTALL,
)


def explained(error: openai.APIError, endpoint: ModelEndpoint) -> AssistantError:
    """The error of ours for one of the client's."""
    url = endpoint.base_url
    match error:
        case openai.APITimeoutError():
            return ModelTimeout(url=url)
        case openai.APIConnectionError():
            return ModelUnreachable(url=url)
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelKeyRejected(url=url)
        case _ if _MALFORMED.search(error.message):
            return HeaderMalformed(model=endpoint.model)
        case openai.APIStatusError():
            return _rejected(error, url)
        case _:
            return ReplyCut(url=url)


def _rejected(error: openai.APIStatusError, url: str) -> AssistantError:
    body = error.body if isinstance(error.body, dict) else {}
    message = str(body.get("message") or error.message)
    if body.get("type") == "exceed_context_size_error":
        return ContextOverflow(tokens=body.get("n_prompt_tokens"), context=body.get("n_ctx"))
    if error.status_code == 400 and (sizes := _TOO_LONG.search(message)):
        return ContextOverflow(tokens=sizes["tokens"], context=sizes["context"])
    if error.status_code == 503 and "loading" in message.lower():
        return ModelLoading(url=url)
    first_line = (message.splitlines() or [""])[0]
    return ModelRejected(url=url, status=error.status_code, message=first_line[:300])


def cut_off(
    usage: Usage, most_tokens: int, endpoint: ModelEndpoint, *, replied: bool
) -> AssistantError:
    """Why a reply ended before its end: the context was full, or its own limit was reached."""
    context = endpoint.context_tokens
    if context and usage.prompt_tokens + usage.completion_tokens >= context:
        prompt, reply = usage.prompt_tokens, usage.completion_tokens
        return ContextFull(prompt=prompt, reply=reply, context=context)
    return ReplyTooLong(tokens=most_tokens) if replied else ReasoningTooLong(tokens=most_tokens)
