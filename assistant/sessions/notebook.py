"""The conversation that is going on, written down while it happens."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace

from assistant.asker import Asker, OpenAsker
from assistant.errors import SessionsUnusable
from assistant.events import Answer, Answered, Event, Progress
from assistant.followup import Memory
from assistant.locale import t
from assistant.sessions.session import Transcript
from assistant.sessions.store import Store


class Notebook:
    """One conversation at a time, about one database. A session begins with its first question.

    `memory` is what the asker's follow-ups refer to; it changes with the session.
    """

    def __init__(self, store: Store, memory: Memory, database: str, model: str) -> None:
        self.store = store
        self.database = database
        self.session: int | None = None
        self._memory, self._model = memory, model

    def resume(self, session: int) -> Transcript:
        """Go on with a session; raises SessionsUnusable."""
        transcript = self.store.transcript(session)
        self.session, self._memory.earlier = session, transcript.earlier
        return transcript

    def restart(self) -> None:
        """The next question begins a new session."""
        self.session = self._memory.earlier = None

    def recording(self, open_asker: OpenAsker) -> OpenAsker:
        """The opener of an asker whose questions and answers are kept here."""

        @asynccontextmanager
        async def opened(on_progress: Callable[[Progress], None]) -> AsyncIterator[Asker]:
            async with open_asker(on_progress) as asker:
                yield _Recorder(asker, self)

        return opened

    def keep_question(self, question: str) -> int:
        """Returns the turn's id; raises SessionsUnusable."""
        if self.session is None:
            self.session = self.store.begin(self.database, self._model, question)
        return self.store.ask(self.session, question)


class _Recorder:
    """An asker beside a notebook. That it cannot be written stops no answer, and is told in it."""

    def __init__(self, asker: Asker, notebook: Notebook) -> None:
        self._asker, self._notebook = asker, notebook

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        page = _Page(self._notebook, question)
        try:
            async with aclosing(self._asker.ask(question)) as events:
                async for event in events:
                    yield (
                        Answered(page.close(event.answer)) if isinstance(event, Answered) else event
                    )
        finally:
            page.close(Answer("cancelled", ""))


class _Page:
    """A question in the notebook, until its answer is."""

    def __init__(self, notebook: Notebook, question: str) -> None:
        self._store = notebook.store
        self._turn: int | None = None
        self._lost, self._closed = "", False
        with self._losing():
            self._turn = notebook.keep_question(question)

    def close(self, answer: Answer) -> Answer:
        """Keep the first answer that comes; returns it, with a note if it could not be kept."""
        if self._turn is not None and not self._closed:
            with self._losing():
                self._store.answer(self._turn, answer)
        self._closed = True
        if not self._lost:
            return answer
        note = t("sessions.not_kept", reason=self._lost)
        return replace(answer, notes=(*answer.notes, note))

    @contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except SessionsUnusable as error:
            self._lost = str(error.slots["reason"])
