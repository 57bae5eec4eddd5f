"""The conversation that is going on, written down while it happens."""

from assistant.events import Answer
from assistant.followup import Memory
from assistant.sessions.session import Transcript
from assistant.sessions.store import Store


class Notebook:
    """One conversation at a time, about one database. A session begins with its first question.

    `memory` is what the asker's follow-ups refer to; it changes with the session. Every method
    but `restart` raises SessionsUnusable.
    """

    def __init__(self, store: Store, memory: Memory, database: str, model: str) -> None:
        self.store = store
        self.database = database
        self.session: int | None = None
        self._memory, self._model = memory, model

    def asked(self, question: str) -> int:
        """Keep a question at once; returns what `answered` takes."""
        if self.session is None:
            self.session = self.store.begin(self.database, self._model, question)
        return self.store.ask(self.session, question)

    def answered(self, turn: int, answer: Answer) -> None:
        """Keep how a question ended."""
        self.store.answer(turn, answer)

    def transcript(self) -> Transcript | None:
        """All of this conversation; None before its first question."""
        return None if self.session is None else self.store.transcript(self.session)

    def resume(self, session: int) -> Transcript:
        """Go on with a session that was kept."""
        transcript = self.store.transcript(session)
        self.session, self._memory.earlier = session, transcript.earlier
        return transcript

    def restart(self) -> None:
        """The next question begins a new session."""
        self.session = self._memory.earlier = None
