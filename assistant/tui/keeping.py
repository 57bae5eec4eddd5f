"""The conversation kept on disk while it goes on, and put back on the screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.errors import SessionsUnusable
from assistant.events import Answer
from assistant.locale import t
from assistant.tui.archive import Exchange
from assistant.tui.turn import Turn

if TYPE_CHECKING:
    from assistant.sessions.notebook import Notebook
    from assistant.sessions.session import KeptTurn, Transcript
    from assistant.tui.app import ChatApp


class Keeping:
    """Writes into the notebook of the opening, where there is one. A disk that fails is told and
    stops no answer."""

    def __init__(self, app: "ChatApp") -> None:
        self._app = app
        self._open: dict[Turn, int] = {}
        self._early: list[Turn] = []

    @property
    def notebook(self) -> "Notebook | None":
        """What is kept, where anything is."""
        return self._app.opening.notebook if self._app.opening else None

    @property
    def busy(self) -> bool:
        """Whether a question is still open."""
        return bool(self._open)

    async def begin(self, resumed: "Transcript | None") -> None:
        """The opening is there: show what the chat goes on from, keep what was asked before."""
        if resumed:
            await self._show(resumed)
        early, self._early = self._early, []
        for turn in early:
            self.asked(turn)
            if turn.answer:
                self.over(turn, turn.answer)

    def asked(self, turn: Turn) -> None:
        """Keep a question at once."""
        if self._app.opening is None:
            self._early.append(turn)
        elif self.notebook:
            with self.telling():
                self._open[turn] = self.notebook.asked(turn.question)

    def over(self, turn: Turn, answer: Answer) -> None:
        """Keep how a question ended; one that was not asked here is kept already."""
        number = self._open.pop(turn, None)
        if self.notebook and number is not None:
            with self.telling():
                self.notebook.answered(number, answer)

    def kept(self, title: str, answer: Answer) -> None:
        """Keep what was answered without being asked: a person's own statement."""
        if self.notebook:
            with self.telling():
                self.notebook.answered(self.notebook.asked(title), answer)

    async def show(self, transcript: "Transcript") -> None:
        """Put a conversation on the screen in place of what is there."""
        await self._app.conversation.clear()
        await self._show(transcript)

    async def _show(self, transcript: "Transcript") -> None:
        await self._app.conversation.restore([_exchange(turn) for turn in transcript.turns])
        title = t("sessions.resumed", title=transcript.session.title)
        self._app.notify(title, markup=False)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell that the file failed, and go on."""
        try:
            yield
        except SessionsUnusable as error:
            reason = t("sessions.unusable", reason=error.slots["reason"])
            self._app.notify(reason, severity="warning", markup=False)


def _exchange(turn: "KeptTurn") -> Exchange:
    return Exchange(turn.question, turn.answer or Answer("cancelled", ""))
