from dataclasses import replace

import pytest

from assistant.cli.wiring import _endpoint
from assistant.model import ChatModel, Message, ModelEndpoint, ReplySchema
from inference.server import ServerWish, serve
from tests.fixtures.models import MODELS, SMALL
from tests.fixtures.scripted_model import NAME, Hang, ScriptedModel, Text

RULES: Message = {"role": "system", "content": "orders(id, ordered_on date, total); " * 40}
LONG = ReplySchema("reply", {"type": "array", "items": {"type": "integer"}, "minItems": 99})


def asked(question: str) -> list[Message]:
    return [RULES, {"role": "user", "content": question}]


async def cut(model: ChatModel, question: str) -> int:
    """Hear one piece of a long reply and close it; the tokens of its prompt that were cached."""
    pieces = model.reply(asked(question), LONG)
    await anext(pieces)
    await pieces.aclose()
    return model.usage.cached_tokens


@pytest.mark.model
@pytest.mark.usefixtures("small_model")
async def test_after_a_reply_that_was_cut_the_next_prompt_finds_its_prefix_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(MODELS))
    with serve(ServerWish(model=SMALL, slots=2)) as served:
        endpoint = replace(_endpoint(served), slot=None, saves=None)  # as of a server of others
        async with ChatModel(endpoint) as model:
            cached = [await cut(model, question) for question in ("how many?", "which?", "who?")]
    assert min(cached[1:]) > 256


async def test_a_server_that_tells_nothing_of_its_slots_is_not_waited_for(
    scripted_model: ScriptedModel,
) -> None:
    scripted_model.plays(Hang("[1"), Text("[]", 1000, 900))
    endpoint = ModelEndpoint(scripted_model.url, NAME, is_llama_server=True)
    async with ChatModel(endpoint) as model:
        await cut(model, "how many?")
        async for _ in model.reply(asked("which?"), LONG):
            pass
        assert model.usage.cached_tokens == 900
