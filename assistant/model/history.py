"""What the model thought goes back to it when its reply must be mended."""

import json
from typing import Any, cast

from assistant.model.terms import Message

CALL = "query"


def with_reasoning(messages: list[Message], reasoning: str, *, as_call: bool) -> list[Message]:
    """A prompt that ends with a reply and an objection, the reply with its reasoning.

    `as_call` writes the pair as a tool call and its result, one call in one message: the only
    form in which gpt-oss sees its own thoughts again.
    """
    match messages:
        case [*earlier, {"role": "assistant", "content": str(reply)}, {"content": str(objection)}]:
            pair = _call(reply, objection) if as_call else _plain(reply, objection)
            pair[0]["reasoning_content"] = reasoning
            return [*earlier, *cast(list[Message], pair)]
        case _:
            return messages


def _plain(reply: str, objection: str) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": reply}, {"role": "user", "content": objection}]


def _call(reply: str, objection: str) -> list[dict[str, Any]]:
    function = {"name": CALL, "arguments": _arguments(reply)}
    call = {"id": CALL, "type": "function", "function": function}
    return [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": CALL, "content": objection},
    ]


def _arguments(reply: str) -> str:
    """The reply as it stands if it is an object, as servers expect of arguments."""
    try:
        told = json.loads(reply)
    except ValueError:
        told = None
    return reply if isinstance(told, dict) else json.dumps({"reply": reply}, ensure_ascii=False)
