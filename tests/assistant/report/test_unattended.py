from assistant.errors import Unreachable
from assistant.events import Answer, Answered, Progress, Usage
from assistant.report.unattended import answer_unattended
from tests.assistant.scripted import ScriptedAsker, answered


class Gone(Unreachable):
    template = "no database at {url}"


BACK = Answer(
    "ask",
    "税込みですか？",
    choices=("税込み", "税抜き"),
    default="税抜き",
    usage=Usage(1, 100, 80, 10, 20.0, 1.0),
)


async def test_progress_is_passed_on_and_the_answer_returned() -> None:
    seen: list[Progress] = []
    asker = ScriptedAsker([Progress("reading"), *answered("42")])
    answer = await answer_unattended(asker, "q", seen.append)
    assert (answer.text, seen) == ("42", [Progress("reading")])


async def test_a_question_back_takes_the_default_once_and_says_so() -> None:
    final = Answer("answered", "42", notes=("n",), usage=Usage(2, 50, 40, 30, 10.0, 4.0))
    asker = ScriptedAsker([Answered(BACK)], [Answered(final)])
    answer = await answer_unattended(asker, "売上は？", lambda _: None)
    assert asker.asked == ["売上は？", "税抜き"]
    assert answer.status == "answered"
    assert answer.notes == ("「税込みですか？」には既定の「税抜き」で答えました", "n")
    # 10 tokens at 20 a second and 30 at 10 are 40 in three and a half seconds.
    assert answer.usage == Usage(3, 150, 120, 40, 40 / 3.5, 5.0)


async def test_a_second_question_back_is_the_end() -> None:
    asker = ScriptedAsker([Answered(BACK)])
    answer = await answer_unattended(asker, "q", lambda _: None)
    assert answer.status == "ask"
    assert len(asker.asked) == 2


async def test_a_question_back_without_a_default_is_the_end() -> None:
    asker = ScriptedAsker([Answered(Answer("ask", "Which?", choices=("a", "b")))])
    answer = await answer_unattended(asker, "q", lambda _: None)
    assert (answer.status, asker.asked) == ("ask", ["q"])


async def test_a_broken_stream_is_a_failed_answer() -> None:
    for step, text, code in [
        (Gone(url="x"), "no database at x", 3),
        (KeyError("k"), "KeyError: 'k'", 1),
    ]:
        answer = await answer_unattended(ScriptedAsker([step]), "q", lambda _: None)
        assert (answer.status, answer.text, answer.exit_code) == ("failed", text, code)


async def test_a_stream_without_an_end_is_a_failed_answer() -> None:
    answer = await answer_unattended(ScriptedAsker([Progress("reading")]), "q", lambda _: None)
    assert answer.status == "failed"
