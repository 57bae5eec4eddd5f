from pathlib import Path

from assistant.events import Answer
from assistant.followup import Memory
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store
from tests.assistant.scripted import result

ANSWER = Answer("answered", "a", sql="SELECT 1", result=result((1,), n="integer"))


def test_a_session_begins_with_its_first_question_which_is_kept_at_once(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        notebook = Notebook(store, Memory(), "sales", "m")
        assert notebook.transcript() is None
        assert store.sessions("sales") == []
        turn = notebook.asked("q")
        transcript = notebook.transcript()
        assert transcript
        assert [kept.answer for kept in transcript.turns] == [None]
        notebook.answered(turn, ANSWER)
        notebook.restart()
        notebook.asked("another")
        assert len(store.sessions("sales")) == 2


async def test_a_resumed_session_lets_follow_ups_refer_to_its_last_answer(tmp_path: Path) -> None:
    memory = Memory()
    with Store(tmp_path / "s.db") as store:
        notebook = Notebook(store, memory, "sales", "m")
        notebook.answered(notebook.asked("東京の売上は？"), ANSWER)
        notebook.asked("cut")
        first = notebook.session
        assert first
        notebook.restart()
        assert memory.earlier is None
        notebook.resume(first)
        assert memory.earlier
        assert memory.earlier.question == "東京の売上は？"
