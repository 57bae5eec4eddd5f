import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import SessionsUnusable
from assistant.events import Answer
from assistant.sessions.codec import ROWS_KEPT
from assistant.sessions.store import Store
from tests.assistant.scripted import USAGE, result
from tests.assistant.sessions.writing import ROWS

WHOLE = Answer(
    "answered",
    "東京都が最多です。",
    sql="SELECT name FROM prefectures",
    result=result(("東京都", None, "12345678901234567890"), a="text", b="text", c="decimal"),
    notes=("note",),
    choices=("x", "y"),
    default="x",
    usage=USAGE,
    sentence="{name}が最多です。",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "kept" / "sessions.db") as store:
        yield store


def kept(store: Store, *turns: tuple[str, str], database: str = "sales") -> int:
    session = store.begin(database, "m", turns[0][0])
    for question, sql in turns:
        store.answer(store.ask(session, question), Answer("answered", "a", sql=sql))
    return session


def test_an_answer_comes_back_as_it_was_kept(store: Store) -> None:
    session = store.begin("sales", "m", "どの県が\n最多？")
    store.answer(store.ask(session, "どの県が\n最多？"), WHOLE)
    store.ask(session, "not answered yet")
    transcript = store.transcript(session)
    assert [turn.answer for turn in transcript.turns] == [WHOLE, None]
    assert transcript.session.title == "どの県が 最多？"
    assert transcript.session.questions == 2
    assert transcript.earlier
    assert transcript.earlier.columns == ("a", "b", "c")


def test_rows_are_kept_up_to_a_cap_and_said_to_be_cut(store: Store) -> None:
    session = store.begin("sales", "m", "q")
    many = result(*((n,) for n in range(ROWS_KEPT + 1)), n="integer")
    store.answer(store.ask(session, "q"), Answer("answered", "a", result=many))
    [turn] = store.transcript(session).turns
    assert turn.answer
    assert turn.answer.result
    assert (turn.answer.result.row_count, turn.answer.result.truncated) == (ROWS_KEPT, "rows")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("売上", {"売上"}),
        ("県 ランキング", {"売上"}),
        ("ﾗﾝｷﾝｸﾞ", {"売上"}),
        ("ｏｒｄｅｒｓ", {"orders"}),
        ("PREFECTURES", {"売上"}),
        ("100%", {"orders"}),
        ("nothing", set()),
        ("", {"売上", "orders"}),
    ],
)
def test_sessions_are_found_by_words_of_questions_and_statements(
    store: Store, words: str, found: set[str]
) -> None:
    kept(store, ("売上", "SELECT 1"), ("県のランキング", "SELECT name FROM prefectures"))
    kept(store, ("orders", "SELECT 2"), ("100% of them", "SELECT 3"))
    kept(store, ("売上", ""), database="another")
    assert {session.title for session in store.sessions("sales", words)} == found


def test_the_session_used_last_comes_first_and_can_be_renamed_and_deleted(store: Store) -> None:
    first, second = kept(store, ("one", "")), kept(store, ("two", ""))
    assert store.latest("sales") == second
    store.rename(first, "売上の話")
    store.delete(second)
    assert [(s.id, s.title) for s in store.sessions("sales")] == [(first, "売上の話")]
    assert store.latest("another") is None


def test_two_chats_write_to_one_file(store: Store, tmp_path: Path) -> None:
    with Store(tmp_path / "kept" / "sessions.db") as other:
        kept(store, ("one", ""))
        kept(other, ("two", ""))
        assert len(store.sessions("sales")) == 2


def test_the_file_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    kept(store, ("one", ""))
    modes = [path.stat().st_mode for path in (tmp_path / "kept").iterdir()]
    assert {stat.S_IMODE(mode) for mode in modes} == {0o600}


def test_a_file_of_a_newer_program_or_of_another_is_refused_and_left_alone(tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    Store(newer).close()
    database = sqlite3.connect(newer)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(SessionsUnusable, match="version 99"):
        Store(newer)
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to be read as one\n" * 9, "utf-8")
    with pytest.raises(SessionsUnusable, match="not a database"):
        Store(text)
    assert text.read_text("utf-8").startswith("no database")


def test_a_kill_in_the_middle_of_writing_loses_no_answer_that_was_committed(tmp_path: Path) -> None:
    file = tmp_path / "sessions.db"
    command = [sys.executable, "-m", "tests.assistant.sessions.writing", str(file)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout
        committed = [next(writer.stdout) for _ in range(40)]
        writer.kill()
        committed += writer.stdout.readlines()
    with Store(file) as store:
        turns = store.transcript(1).turns
        finished = [turn.answer for turn in turns if turn.answer]
    assert len(finished) >= len(committed)
    assert all(answer.result == ROWS for answer in finished)
    assert [answer.text for answer in finished] == [f"a{n}" for n in range(len(finished))]
