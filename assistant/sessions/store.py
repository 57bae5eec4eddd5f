"""The file of all conversations. What was committed outlives a kill at any moment.

A question is committed when it is asked, its answer when it stands. The file is readable by its
owner alone: it holds rows. Several chats may write to it at the same time.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from platformdirs import user_data_path

from assistant.errors import SessionsUnusable
from assistant.events import Answer
from assistant.folding import fold
from assistant.sessions.codec import answer_of, answer_text
from assistant.sessions.session import KeptTurn, Session, Transcript

VERSION = 1
TITLE_LENGTH = 80
_SECONDS_TO_WAIT = 5
_TABLES = """
CREATE TABLE session (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, database TEXT NOT NULL, model TEXT NOT NULL,
  started TEXT NOT NULL, changed TEXT NOT NULL);
CREATE INDEX session_changed ON session (database, changed);
CREATE TABLE turn (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  question TEXT NOT NULL, asked TEXT NOT NULL, words TEXT NOT NULL, answer TEXT);
CREATE INDEX turn_session ON turn (session);
"""
_SESSIONS = """
SELECT id, title, database, model, started, changed,
       (SELECT COUNT(*) FROM turn WHERE session = session.id)
FROM session
"""


def sessions_file() -> Path:
    """KOTAE_SESSIONS_FILE, else `kotae/sessions.db` in the user's data directory."""
    named = os.environ.get("KOTAE_SESSIONS_FILE")
    default = user_data_path("kotae", appauthor=False) / "sessions.db"
    return Path(named).expanduser() if named else default


class Store:
    """An open file of sessions; every method raises SessionsUnusable when the file fails."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._told():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            # Opened in one thread, used in another; never in two at a time.
            self._db = sqlite3.connect(file, _SECONDS_TO_WAIT, check_same_thread=False)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def begin(self, database: str, model: str, question: str) -> int:
        """A new session, called as its first question is; returns its id."""
        title = " ".join(question.split())[:TITLE_LENGTH]
        with self._told(), self._db:
            return _new_id(
                self._db.execute(
                    "INSERT INTO session (title, database, model, started, changed)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (title, database, model, _now(), _now()),
                )
            )

    def ask(self, session: int, question: str) -> int:
        """Keep a question at once; returns the turn's id."""
        with self._told(), self._db:
            self._db.execute("UPDATE session SET changed = ? WHERE id = ?", (_now(), session))
            return _new_id(
                self._db.execute(
                    "INSERT INTO turn (session, question, asked, words) VALUES (?, ?, ?, ?)",
                    (session, question, _now(), fold(question)),
                )
            )

    def answer(self, turn: int, answer: Answer) -> None:
        """Keep the answer of a question."""
        with self._told(), self._db:
            self._db.execute(
                "UPDATE turn SET answer = ?, words = words || char(10) || ? WHERE id = ?",
                (answer_text(answer), fold(answer.sql or ""), turn),
            )

    def sessions(self, database: str, search: str = "") -> list[Session]:
        """Sessions about this database, the newest first.

        Of a search every word must stand in the title, or in a question or its statement;
        width and case do not matter.
        """
        words = fold(search).split()
        held = "(instr(fold(title), ?) OR id IN (SELECT session FROM turn WHERE instr(words, ?)))"
        where = " AND ".join(["database = ?", *[held] * len(words)])
        values = [database, *(word for word in words for _ in range(2))]
        with self._told():
            found = self._db.execute(
                f"{_SESSIONS} WHERE {where} ORDER BY changed DESC, id DESC",
                values,
            )
            return [Session(*row) for row in found]

    def latest(self, database: str) -> int | None:
        """The session about this database that was used last."""
        with self._told():
            found = self._db.execute(
                "SELECT id FROM session WHERE database = ? ORDER BY changed DESC, id DESC LIMIT 1",
                (database,),
            ).fetchone()
        return found[0] if found else None

    def transcript(self, session: int) -> Transcript:
        """A session with all that was asked and answered."""
        with self._told():
            [row] = self._db.execute(f"{_SESSIONS} WHERE id = ?", (session,))
            turns = self._db.execute(
                "SELECT question, asked, answer FROM turn WHERE session = ? ORDER BY id", (session,)
            )
            kept = tuple(
                KeptTurn(q, at, answer_of(text) if text else None) for q, at, text in turns
            )
        return Transcript(Session(*row), kept)

    def rename(self, session: int, title: str) -> None:
        """Give a session another title."""
        with self._told(), self._db:
            self._db.execute("UPDATE session SET title = ? WHERE id = ?", (title, session))

    def delete(self, session: int) -> None:
        """Forget a session and its turns."""
        with self._told(), self._db:
            self._db.execute("DELETE FROM session WHERE id = ?", (session,))

    def _prepare(self) -> None:
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA journal_mode = WAL")
        # A kill loses nothing; a power cut may lose the last answers, but breaks no file.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.create_function("fold", 1, fold, deterministic=True)
        self._db.execute("BEGIN IMMEDIATE")  # two chats may start at the same time
        with self._db:
            [(version,)] = self._db.execute("PRAGMA user_version").fetchall()
            if version > VERSION:
                raise SessionsUnusable(path=self._file, reason=f"version {version} > {VERSION}")
            if version == 0:
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, ValueError) as error:
            reason = " ".join(str(getattr(error, "strerror", None) or error).split())
            raise SessionsUnusable(path=self._file, reason=reason) from error


def _new_id(inserted: sqlite3.Cursor) -> int:
    with closing(inserted):
        assert inserted.lastrowid is not None
        return inserted.lastrowid


def _now() -> str:
    return datetime.now().isoformat(" ", "seconds")
