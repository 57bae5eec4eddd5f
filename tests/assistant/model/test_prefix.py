import pytest

from assistant.cli.wiring import _endpoint
from assistant.model import ChatModel, Message, ReplySchema
from assistant.model.prefix import WORTH_SAVING
from inference.server import ServerWish, serve
from tests.fixtures.models import MODELS, SMALL

pytestmark = pytest.mark.model

SCHEMA = ReplySchema("reply", {"type": "object", "properties": {}, "additionalProperties": False})
RULES: Message = {"role": "system", "content": "orders(id, ordered_on date, total); " * 40}


def asked(question: str) -> list[Message]:
    return [RULES, {"role": "user", "content": question}]


@pytest.mark.usefixtures("small_model")
async def test_a_restarted_server_of_ours_does_not_read_the_prefix_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(MODELS))
    cached: list[int] = []
    for question in ("how many?", "which one?"):
        with serve(ServerWish(model=SMALL)) as served:
            async with ChatModel(_endpoint(served)) as model:
                await model.warm(asked(""))
                async for _ in model.reply(asked(question), SCHEMA):
                    pass
                assert model.notice is None
                cached.append(model.usage.cached_tokens)
            assert served.saves
            assert len(list(served.saves.iterdir())) == 1
    assert min(cached) > WORTH_SAVING
