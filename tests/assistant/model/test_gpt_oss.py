"""The small gpt-oss with the real chat template, run by a real llama-server."""

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from assistant.errors import ContextOverflow, ReasoningTooLong
from assistant.model import ChatModel, Message, ModelEndpoint, ReplySchema
from assistant.model.grammar import for_grammar
from assistant.model.history import with_reasoning
from assistant.model.prefix import KEPT, WORTH_SAVING
from inference.endpoint import Endpoint
from inference.flags import Launch, flag
from inference.memory import on_cpu
from inference.process import Engine, start
from inference.progress import unheard
from tests.fixtures.gpt_oss import CONTEXT_TOKENS

pytestmark = pytest.mark.model

SCHEMA = ReplySchema("reply", {"type": "object", "properties": {"sql": {"type": "string"}}})
RULES: Message = {"role": "system", "content": "table(column, column) " * 40}
FIRST: list[Message] = [RULES, {"role": "user", "content": "売上は？"}]
OBJECTED: list[Message] = [
    *FIRST,
    {"role": "assistant", "content": '{"sql": "SELECT x"}'},
    {"role": "user", "content": 'no column "x"'},
]


def endpoint_of(server: Endpoint, **more: Any) -> ModelEndpoint:
    found = ModelEndpoint(server.base_url, server.model, server.api_key, server.context_tokens)
    return replace(found, is_llama_server=True, **more)


def posted(server: Endpoint, path: str, body: dict[str, Any]) -> httpx2.Response:
    return httpx2.post(
        server.base_url.removesuffix("/v1") + path,
        json=body,
        headers={"Authorization": f"Bearer {server.api_key}"},
        timeout=60,
    )


def prompt(server: Endpoint, messages: list[Message], effort: str = "low") -> str:
    body = {"messages": messages, "reasoning_effort": effort}
    return str(posted(server, "/apply-template", body).raise_for_status().json()["prompt"])


def launched(model: Path, saves: Path) -> Launch:
    place = on_cpu(CONTEXT_TOKENS, threads=2)
    return Launch(model, "gpt-oss", place, saves=saves, extra=(flag("--swa-full"),))


async def thoughts(model: ChatModel, messages: list[Message]) -> int:
    """Tokens found in the cache by a reply that, of random weights, is all thoughts."""
    with pytest.raises(ReasoningTooLong):
        await said(model, messages)
    return model.usage.cached_tokens


async def said(model: ChatModel, messages: list[Message]) -> None:
    async with aclosing(model.reply(messages, SCHEMA)) as pieces:
        async for piece in pieces:
            assert piece.kind == "reasoning"


def test_a_repair_shows_the_model_its_own_thoughts_and_extends_what_is_cached(
    gpt_oss_server: Endpoint,
) -> None:
    first = prompt(gpt_oss_server, FIRST)
    mended = prompt(gpt_oss_server, with_reasoning(OBJECTED, "I thought.", as_call=True))
    added = mended.removeprefix(first)
    assert added != mended
    assert added.startswith("<|channel|>analysis<|message|>I thought.<|end|><|start|>assistant to=")
    assert '<|message|>{"sql": "SELECT x"}<|call|>' in added
    assert added.count("<|call|>") == 1
    assert added.endswith(r'<|message|>"no column \"x\""<|end|><|start|>assistant')


def test_as_a_plain_reply_its_thoughts_would_be_dropped(gpt_oss_server: Endpoint) -> None:
    plain = with_reasoning(OBJECTED, "I thought.", as_call=False)
    assert "I thought." not in prompt(gpt_oss_server, plain)


@pytest.mark.parametrize("effort", ["low", "high"])
async def test_one_effort_from_the_prefix_to_the_reply_keeps_the_cache(
    gpt_oss_server: Endpoint, effort: Any
) -> None:
    assert f"Reasoning: {effort}\n" in prompt(gpt_oss_server, FIRST, effort)
    async with ChatModel(endpoint_of(gpt_oss_server), effort=effort, max_tokens=8) as model:
        await model.warm(FIRST)
        assert await thoughts(model, FIRST) > WORTH_SAVING
        assert model.notice is None
        assert await thoughts(model, [RULES, {"role": "user", "content": "how many?"}]) > 256


async def test_with_a_full_window_what_was_read_survives_a_restart_of_the_server(
    engine: Engine, gpt_oss_model: Path, tmp_path: Path
) -> None:
    launch = launched(gpt_oss_model, tmp_path)
    cached: list[int] = []
    for _ in range(2):
        server, served = start(engine, launch, tmp_path / "log", unheard)
        try:
            endpoint = endpoint_of(served, slot=0, saves=served.saves)
            async with ChatModel(endpoint, max_tokens=8) as model:
                await model.warm(FIRST)
                cached.append(await thoughts(model, FIRST))
        finally:
            server.close()
    assert min(cached) > WORTH_SAVING
    assert abs(cached[0] - cached[1]) < 16  # some engines cut the last block that they kept


async def test_only_the_newest_prompts_are_kept_and_a_damaged_one_is_read_again(
    engine: Engine, gpt_oss_model: Path, tmp_path: Path
) -> None:
    saves = tmp_path / "saves"
    saves.mkdir()
    launch = launched(gpt_oss_model, saves)
    server, served = start(engine, launch, tmp_path / "log", unheard)
    try:
        async with ChatModel(endpoint_of(served, slot=0, saves=saves), max_tokens=8) as model:
            for n in range(KEPT + 1):
                rules: Message = {"role": "system", "content": f"{n} {RULES['content']}"}
                await model.warm([rules, FIRST[1]])
            assert len(list(saves.iterdir())) == KEPT
            for file in saves.iterdir():
                file.write_bytes(b"damaged")
            await model.warm([rules, FIRST[1]])
            assert await thoughts(model, [rules, FIRST[1]]) > WORTH_SAVING
    finally:
        server.close()


async def test_a_prompt_larger_than_the_context_is_told_with_both_sizes(
    gpt_oss_server: Endpoint,
) -> None:
    long: list[Message] = [RULES, {"role": "user", "content": "x" * 5000}]
    async with ChatModel(endpoint_of(gpt_oss_server)) as model:
        with pytest.raises(ContextOverflow) as caught:
            await anext(model.reply(long, SCHEMA))
    assert caught.value.slots["context"] == CONTEXT_TOKENS
    assert int(str(caught.value.slots["tokens"])) > 5000


@pytest.mark.parametrize(
    "text",
    [
        {"type": "string", "pattern": "[a-z]+"},
        {"$ref": "#/$defs/none"},
        {"$ref": "elsewhere.json"},
    ],
    ids=["not anchored", "unresolved", "remote"],
)
def test_a_schema_that_the_server_refuses_is_taken_once_it_is_made_plain(
    engine: Engine, gpt_oss_server: Endpoint, text: dict[str, Any]
) -> None:
    schema = {"type": "object", "properties": {"sql": text}}
    codes = []
    for asked in (schema, for_grammar(schema)):
        form = {"type": "json_schema", "json_schema": {"name": "x", "schema": asked}}
        body = {"messages": FIRST, "max_tokens": 1, "response_format": form}
        codes.append(posted(gpt_oss_server, "/v1/chat/completions", body).status_code)
    refused, taken = codes
    assert taken == 200
    # The portable engine takes a pattern without anchors, and calls what it refuses its own fault.
    assert refused == 400 or (engine.program.name == "xllamacpp" and refused in {200, 500})
