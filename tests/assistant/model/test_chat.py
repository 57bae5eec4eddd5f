import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

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
    ReplyEmpty,
    ReplyTooLong,
)
from assistant.events import ColdPrompt
from assistant.model import ChatModel, Message, ModelEndpoint, ReplySchema, Sampling
from tests.fixtures.databases import free_port
from tests.fixtures.scripted_model import (
    NAME,
    UNAVAILABLE,
    Cut,
    Events,
    Fault,
    Hang,
    Reply,
    ScriptedModel,
    Text,
    chunk,
    overflow,
)

SCHEMA = ReplySchema("reply", {"type": "object"})
MESSAGES: list[Message] = [{"role": "user", "content": "売上は？"}]


def chat(server: ScriptedModel, key: str | None = None, **settings: float) -> ChatModel:
    return ChatModel(ModelEndpoint(server.url, NAME, key), **settings)


async def said(model: ChatModel, messages: list[Message] = MESSAGES) -> list[tuple[str, str]]:
    """The pieces of one reply as (kind, text), neighbours of one kind together."""
    whole: list[tuple[str, str]] = []
    async with aclosing(model.reply(messages, SCHEMA)) as pieces:
        async for piece in pieces:
            if whole and whole[-1][0] == piece.kind:
                whole[-1] = (piece.kind, whole[-1][1] + piece.text)
            else:
                whole.append((piece.kind, piece.text))
    return whole


async def failure(server: ScriptedModel, *replies: Reply) -> AssistantError:
    """What is raised for these replies."""
    server.plays(*replies)
    async with chat(server) as model:
        with pytest.raises(AssistantError) as caught:
            await said(model)
    return caught.value


async def test_a_reply_streams_in_pieces_with_reasoning_apart(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Text('{"sql": "SELECT \'売上\'"}', reasoning="Let me think about it."))
    async with chat(scripted_model) as model:
        assert await said(model) == [
            ("reasoning", "Let me think about it."),
            ("content", '{"sql": "SELECT \'売上\'"}'),
        ]


async def test_the_cost_of_a_call_is_what_the_server_counted(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(Text("{}", 1200, 1100, 42, 17.54), Text("{}", 10, 0, 1, 2.0))
    async with chat(scripted_model) as model:
        await said(model)
        first = model.usage
        await said(model)
    assert (first.calls, first.prompt_tokens, first.cached_tokens) == (1, 1200, 1100)
    assert (first.completion_tokens, first.tokens_per_second) == (42, 17.5)
    assert (model.usage.calls, model.usage.prompt_tokens, model.usage.cached_tokens) == (1, 10, 0)


async def test_cached_tokens_are_found_where_the_standard_has_them(
    scripted_model: ScriptedModel,
) -> None:
    usage = {
        "prompt_tokens": 50,
        "completion_tokens": 5,
        "total_tokens": 55,
        "prompt_tokens_details": {"cached_tokens": 48},
    }
    last = json.dumps({**json.loads(chunk({})), "choices": [], "usage": usage})
    scripted_model.plays(Events((chunk({"content": "{}"}), chunk({}, "stop"), last, "[DONE]")))
    async with chat(scripted_model) as model:
        await said(model)
    assert (model.usage.prompt_tokens, model.usage.cached_tokens) == (50, 48)
    assert model.usage.completion_tokens == 5


async def test_a_server_that_counts_nothing_costs_one_call(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(Events((chunk({"content": "{}"}), chunk({}, "stop"), "[DONE]")))
    async with chat(scripted_model) as model:
        await said(model)
    assert (model.usage.calls, model.usage.prompt_tokens) == (1, 0)


async def test_the_sampler_is_held_to_the_schema_and_the_dice_are_fixed(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Text("{}"))
    async with chat(scripted_model, key="sk-1", seed=7, max_tokens=99) as model:
        await said(model)
    request = scripted_model.requests[0]
    assert request["messages"] == MESSAGES
    assert request["response_format"]["json_schema"]["schema"] == SCHEMA.schema
    assert (request["temperature"], request["seed"], request["max_tokens"]) == (0, 7, 99)
    assert request["stream_options"] == {"include_usage": True}
    assert scripted_model.keys == ["sk-1"]


@pytest.mark.parametrize(
    "reply",
    [
        Cut('{"sql": "SELECT'),
        Cut('{"sql": "SELECT', clean=True),
        Cut(""),
        Events((chunk({"content": "{"}), "{not JSON")),
        Events((chunk({"content": "{"}), json.dumps({"error": {"message": "lost the GPU"}}))),
    ],
    ids=["connection", "clean end", "at once", "garbled", "error event"],
)
async def test_a_stream_that_breaks_is_a_cut_reply(
    scripted_model: ScriptedModel, reply: Reply
) -> None:
    assert isinstance(await failure(scripted_model, reply), ReplyCut)
    assert len(scripted_model.requests) == 1


async def test_a_reply_that_runs_into_the_limit_says_so(scripted_model: ScriptedModel) -> None:
    error = await failure(scripted_model, Text('{"sql": "SELECT', finish="length"))
    assert isinstance(error, ReplyTooLong)
    assert error.slots == {"tokens": 1024}


async def test_a_server_that_is_out_of_order_is_asked_twice(scripted_model: ScriptedModel) -> None:
    error = await failure(scripted_model, UNAVAILABLE, UNAVAILABLE)
    assert isinstance(error, ModelRejected)
    assert "answered 500: out of order" in str(error)
    assert len(scripted_model.requests) == 2


async def test_a_passing_trouble_is_not_noticed(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(UNAVAILABLE, Text("{}"))
    async with chat(scripted_model) as model:
        assert await said(model) == [("content", "{}")]


async def test_a_prompt_too_large_for_the_server_tells_both_sizes(
    scripted_model: ScriptedModel,
) -> None:
    error = await failure(scripted_model, overflow(5000, 4096))
    assert isinstance(error, ContextOverflow)
    assert error.slots == {"tokens": 5000, "context": 4096}


async def test_any_other_refusal_is_told_by_its_first_line(scripted_model: ScriptedModel) -> None:
    error = await failure(scripted_model, Fault(400, {"error": {"message": "bad grammar\nat 1"}}))
    assert isinstance(error, ModelRejected)
    assert str(error).endswith("answered 400: bad grammar")


@pytest.mark.parametrize("key", [None, "sk-wrong"])
async def test_a_refused_key_is_told_and_never_shown(
    scripted_model: ScriptedModel, key: str | None
) -> None:
    scripted_model.key = "sk-right"
    async with chat(scripted_model, key) as model:
        with pytest.raises(ModelKeyRejected, match="set KOTAE_API_KEY") as caught:
            await said(model)
    assert "sk-" not in str(caught.value)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with ChatModel(ModelEndpoint(f"http://127.0.0.1:{free_port()}/v1", NAME)) as model:
        with pytest.raises(ModelUnreachable, match="kotae model start"):
            await said(model)


async def test_a_silent_server_is_given_up_in_the_end(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(Hang('{"sql'))
    async with chat(scripted_model, timeout=0.2) as model:
        with pytest.raises(ModelTimeout):
            await said(model)


async def test_closing_the_generator_hangs_up(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(Hang('{"sql": "SELECT'))
    async with chat(scripted_model) as model:
        await first_piece(model)
        assert await asyncio.to_thread(scripted_model.left.wait, 20)


async def test_a_reply_that_was_cut_has_cost_what_came_of_it(scripted_model: ScriptedModel) -> None:
    timings = {"cache_n": 90, "prompt_n": 10, "predicted_n": 4, "predicted_per_second": 20.0}
    told = json.dumps({**json.loads(chunk({"content": '{"sql"'})), "timings": timings})
    untold = chunk({"content": '{"sql"'})
    scripted_model.plays(Events((told, untold, "[DONE]")), Events((untold, untold, "[DONE]")))
    async with chat(scripted_model) as model:
        await first_piece(model)
        assert (model.usage.calls, model.usage.prompt_tokens) == (1, 100)
        assert (model.usage.cached_tokens, model.usage.completion_tokens) == (90, 4)
        await first_piece(model)
        assert (model.usage.prompt_tokens, model.usage.completion_tokens) == (0, 1)


async def first_piece(model: ChatModel) -> None:
    """Hear one piece of a reply and close it."""
    pieces = model.reply(MESSAGES, SCHEMA)
    await anext(pieces)
    await pieces.aclose()


async def test_warming_has_the_prompt_read_and_one_token_written(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Text("x"))
    async with chat(scripted_model) as model:
        await model.warm(MESSAGES)
    request = scripted_model.requests[0]
    assert (request["messages"], request["max_tokens"]) == (MESSAGES, 1)


async def test_warming_explains_its_errors_like_a_reply(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(overflow(5000, 4096))
    async with chat(scripted_model) as model:
        with pytest.raises(ContextOverflow):
            await model.warm(MESSAGES)


MALFORMED = "The model produced output that does not match the expected peg-native format"
BEGUN = Events(
    (
        chunk({"role": "assistant"}),
        json.dumps({"error": {"code": 500, "message": MALFORMED, "type": "server_error"}}),
    )
)
EMPTY = Text("", reasoning="Hm.", completion_tokens=7)


def gpt_oss(server: ScriptedModel, **settings: Any) -> ChatModel:
    return ChatModel(ModelEndpoint(server.url, "openai/gpt-oss-20b"), **settings)


@pytest.mark.parametrize("stumble", [BEGUN, EMPTY], ids=["malformed header", "thoughts only"])
async def test_a_model_that_stumbles_is_asked_again_cooler(
    scripted_model: ScriptedModel, stumble: Reply
) -> None:
    scripted_model.plays(stumble, stumble, Text("{}"))
    async with gpt_oss(scripted_model) as model:
        assert (await said(model))[-1] == ("content", "{}")
    assert [r["temperature"] for r in scripted_model.requests] == [1.0, 0.6, 0.2]
    assert model.usage.calls == 3


@pytest.mark.parametrize(
    ("stumble", "kind"), [(BEGUN, HeaderMalformed), (EMPTY, ReplyEmpty)], ids=["header", "thoughts"]
)
async def test_a_model_that_keeps_stumbling_is_given_up(
    scripted_model: ScriptedModel, stumble: Reply, kind: type[AssistantError]
) -> None:
    scripted_model.plays(stumble, stumble, stumble)
    async with gpt_oss(scripted_model) as model:
        with pytest.raises(kind, match="gpt-oss-20b"):
            await said(model)
    assert len(scripted_model.requests) == 3


async def test_a_reply_whose_words_came_is_not_asked_for_twice(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Events((chunk({"content": "{"}), BEGUN.data[1])))
    async with gpt_oss(scripted_model) as model:
        with pytest.raises(HeaderMalformed):
            await said(model)
    assert len(scripted_model.requests) == 1


async def test_gpt_oss_is_asked_as_its_makers_mean_and_others_are_not(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Text("{}"), Text("{}"))
    async with gpt_oss(scripted_model, effort="high") as model, chat(scripted_model) as other:
        await said(model)
        await said(other)
    oss, plain = scripted_model.requests
    told = {key: oss[key] for key in ("temperature", "top_p", "top_k", "min_p", "seed")}
    assert told == {"temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": 0.01, "seed": 0}
    assert (oss["reasoning_effort"], oss["max_tokens"]) == ("high", 8192)
    assert not {"top_p", "top_k", "min_p", "reasoning_effort", "id_slot"} & set(plain)


async def test_a_harder_call_is_one_step_up_where_the_model_takes_an_effort(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Text("{}"), Text("{}"))
    schema, harder = ReplySchema("reply", {}, tokens=400), Sampling(harder=True)
    async with gpt_oss(scripted_model) as model, chat(scripted_model) as other:
        for one in (model, other):
            assert [piece async for piece in one.reply(MESSAGES, schema, harder)]
    oss, plain = scripted_model.requests
    assert (oss["reasoning_effort"], oss["max_tokens"]) == ("medium", 3472)
    assert ("reasoning_effort" in plain, plain["max_tokens"]) == (False, 400)


@pytest.mark.parametrize("name", ["gpt-oss-20b", "qwen3"])
async def test_what_the_model_thought_goes_back_with_an_objection(
    scripted_model: ScriptedModel, name: str
) -> None:
    scripted_model.plays(Text("{}", reasoning="Hm."), Text("{}"), Text("{}"))
    objected: list[Message] = [
        *MESSAGES,
        {"role": "assistant", "content": "{}"},
        {"role": "user", "content": "no"},
    ]
    async with ChatModel(ModelEndpoint(scripted_model.url, name)) as model:
        await said(model)
        await said(model, objected)
        await said(model)
    _, mended, next_question = (request["messages"] for request in scripted_model.requests)
    assert mended[1]["reasoning_content"] == "Hm."
    assert ("tool_calls" in mended[1]) is (name == "gpt-oss-20b")
    assert next_question == MESSAGES


async def test_thoughts_that_take_all_tokens_and_a_full_context_are_told_apart(
    scripted_model: ScriptedModel,
) -> None:
    error = await failure(scripted_model, Text("", reasoning="Hm.", finish="length"))
    assert isinstance(error, ReasoningTooLong)
    scripted_model.plays(Text("{", 4000, 0, 96, finish="length"))
    async with ChatModel(ModelEndpoint(scripted_model.url, NAME, None, 4096)) as model:
        with pytest.raises(ContextFull) as caught:
            await said(model)
    assert caught.value.slots == {"prompt": 4000, "reply": 96, "context": 4096}


async def test_a_cold_prompt_after_a_warm_one_is_noticed(scripted_model: ScriptedModel) -> None:
    scripted_model.plays(Text("{}", 3000, 0), Text("{}", 3000, 0), Text("{}", 3000, 2990))
    async with chat(scripted_model) as model:
        notices = []
        for _ in range(3):
            await said(model)
            notices.append(model.notice)
    assert notices == [None, ColdPrompt(tokens=3000, expected=3000), None]


async def test_a_server_that_is_still_loading_says_so(scripted_model: ScriptedModel) -> None:
    loading = Fault(503, {"error": {"message": "Loading model"}})
    assert isinstance(await failure(scripted_model, loading, loading), ModelLoading)


@pytest.mark.parametrize(
    "rest",
    [
        "However, you requested 6024 tokens (5000 in the messages, 1024 in the completion).",
        "However, you requested 1024 output tokens and your prompt has 5000 input tokens.",
    ],
)
async def test_a_server_that_tells_its_context_in_words_is_understood(
    scripted_model: ScriptedModel, rest: str
) -> None:
    words = f"This model's maximum context length is 4096 tokens. {rest}"
    error = await failure(scripted_model, Fault(400, {"error": {"message": words}}))
    assert isinstance(error, ContextOverflow)
    assert error.slots == {"tokens": "5000", "context": "4096"}
