import asyncio
from contextlib import aclosing
from pathlib import Path

from assistant.events import Answer, Answered, SqlDelta
from assistant.followup import Memory
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store
from tests.assistant.scripted import ScriptedAsker, answered, opener, result


async def last_answer(notebook: Notebook, asker: ScriptedAsker, question: str) -> Answer:
    async with notebook.recording(opener(asker))(lambda _: None) as recording:
        async for event in recording.ask(question):
            if isinstance(event, Answered):
                return event.answer
    raise AssertionError


async def test_a_question_is_kept_before_it_is_answered(tmp_path: Path) -> None:
    asker = ScriptedAsker([SqlDelta("SELECT"), asyncio.Event()])
    with Store(tmp_path / "s.db") as store:
        notebook = Notebook(store, Memory(), "sales", "m")
        opened = notebook.recording(opener(asker))(lambda _: None)
        async with opened as recording, aclosing(recording.ask("q")) as events:
            await anext(events)
            assert notebook.session
            [turn] = store.transcript(notebook.session).turns
            assert (turn.question, turn.answer) == ("q", None)
        [turn] = store.transcript(notebook.session).turns
        assert turn.answer
        assert turn.answer.status == "cancelled"


async def test_a_resumed_session_lets_follow_ups_refer_to_its_last_answer(tmp_path: Path) -> None:
    asker = ScriptedAsker(answered("a", sql="SELECT 1", result=result((1,), n="integer")))
    memory = Memory()
    with Store(tmp_path / "s.db") as store:
        notebook = Notebook(store, memory, "sales", "m")
        await last_answer(notebook, asker, "東京の売上は？")
        first = notebook.session
        assert first
        notebook.restart()
        assert memory.earlier is None
        await last_answer(notebook, asker, "another")
        assert notebook.session != first
        notebook.resume(first)
        assert memory.earlier
        assert memory.earlier.question == "東京の売上は？"


async def test_an_answer_comes_also_when_it_cannot_be_kept(tmp_path: Path) -> None:
    with Store(tmp_path / "s.db") as store:
        notebook = Notebook(store, Memory(), "sales", "m")
    answer = await last_answer(notebook, ScriptedAsker(answered("a")), "q")
    assert answer.text == "a"
    assert answer.notes[0].startswith("This question is not kept")
