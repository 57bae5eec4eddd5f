"""All questions of this chat, oldest first."""

from collections.abc import Sequence

from textual.containers import Vertical, VerticalScroll

from assistant.events import Answer
from assistant.locale import t
from assistant.tui.archive import Archive, Exchange
from assistant.tui.literal import Passage
from assistant.tui.turn import Source, Turn

LIVE_TURNS = 12
"""Older turns than these become plain lines, for widgets by the thousand are slow."""


class Conversation(VerticalScroll):
    """Scrolls with what is new, until the person scrolls away from the bottom."""

    def __init__(self) -> None:
        self._welcome = Passage(classes="muted")
        self._archive = Archive()
        self._turns = Vertical(self._welcome, self._archive, classes="turns")
        super().__init__(self._turns)
        self._newest: Turn | None = None

    @property
    def standing_answer(self) -> Answer | None:
        """The newest question's answer, which a choice may refer to; None while it is open."""
        return self._newest.answer if self._newest else None

    @property
    def current(self) -> Turn | None:
        """The turn that has the focus, else the newest one."""
        focused = self.screen.focused
        inside = focused.ancestors_with_self if focused else ()
        return next((node for node in inside if isinstance(node, Turn)), self._newest)

    def on_mount(self) -> None:
        """Follow from the start."""
        self.anchor()

    def welcome(self, database: str) -> None:
        """Say what can be asked about."""
        self._welcome.write(t("tui.welcome", database=database))

    def add_turn(self, question: str, source: Source | None = None) -> Turn:
        """Put a new question at the bottom, and follow it."""
        self._newest = turn = Turn(question, source)
        self._turns.mount(turn)
        self.anchor()
        self._archive_old_turns()
        return turn

    async def add_answered(self, question: str, answer: Answer, title: str | None = None) -> None:
        """Put what is over already at the bottom."""
        self._newest = turn = Turn(question, title=title)
        await self._turns.mount(turn)
        await turn.show_answer(answer)
        self.anchor()
        self._archive_old_turns()

    async def restore(self, exchanges: Sequence[Exchange]) -> None:
        """Show an earlier conversation: its last turns live, the others as plain lines."""
        self._archive.add(*exchanges[:-LIVE_TURNS])
        for exchange in exchanges[-LIVE_TURNS:]:
            await self.add_answered(exchange.question, exchange.answer)

    async def clear(self) -> None:
        """Begin a new conversation; one that is running is not to be cleared."""
        self._newest = None
        self._archive.clear()
        await self._turns.remove_children(Turn)
        await self._turns.remove_children(".notice")

    def add_notice(self, text: str) -> None:
        """Put a message that belongs to no question at the bottom."""
        self._turns.mount(Passage(text, classes="notice"))

    def on_archive_reopened(self, reopened: Archive.Reopened) -> None:
        """Bring an old turn back to the bottom, with all that can be done with it."""
        self.run_worker(self.restore([reopened.exchange]))

    def _archive_old_turns(self) -> None:
        turns = list(self._turns.query_children(Turn))
        for turn in turns[: -LIVE_TURNS - 1]:
            if turn.answer is None or turn.has_focus_within:
                return
            self._archive.add(Exchange(turn.question, turn.answer))
            turn.remove()
