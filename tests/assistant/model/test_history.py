from assistant.model import Message
from assistant.model.history import with_reasoning

ASKED: list[Message] = [{"role": "system", "content": "r"}, {"role": "user", "content": "q"}]
OBJECTED: list[Message] = [
    *ASKED,
    {"role": "assistant", "content": '{"sql": "SELECT 1"}'},
    {"role": "user", "content": "no"},
]


def test_a_reply_that_is_mended_carries_its_reasoning() -> None:
    mended = with_reasoning(OBJECTED, "thought", as_call=False)
    assert mended[:2] == ASKED
    assert mended[2] == {**OBJECTED[2], "reasoning_content": "thought"}
    assert mended[3] == OBJECTED[3]


def test_as_a_call_it_is_one_call_with_its_result() -> None:
    *asked, call, result = with_reasoning(OBJECTED, "thought", as_call=True)
    assert asked == ASKED
    assert [c["function"]["arguments"] for c in call["tool_calls"]] == ['{"sql": "SELECT 1"}']
    assert (call["content"], call["reasoning_content"]) == ("", "thought")
    assert (result["role"], result["content"]) == ("tool", "no")
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]


def test_a_reply_that_is_no_object_is_wrapped_in_one() -> None:
    broken = [*ASKED, {"role": "assistant", "content": "SELECT"}, OBJECTED[3]]
    call = with_reasoning(broken, "thought", as_call=True)[2]
    assert call["tool_calls"][0]["function"]["arguments"] == '{"reply": "SELECT"}'


def test_a_first_question_stays_as_it_is() -> None:
    assert with_reasoning(ASKED, "thought", as_call=True) == ASKED
