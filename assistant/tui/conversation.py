"""All questions of this chat, oldest first."""

from textual.containers import Vertical, VerticalScroll

from assistant.events import Answer
from assistant.tui.literal import Passage
from assistant.tui.turn import Turn


class Conversation(VerticalScroll):
    """Scrolls with what is new, until the person scrolls away from the bottom."""

    def __init__(self, welcome: str) -> None:
        self._turns = Vertical(Passage(welcome, classes="muted"), classes="turns")
        super().__init__(self._turns)
        self._newest: Turn | None = None

    @property
    def standing_answer(self) -> Answer | None:
        """The newest question's answer, which a choice may refer to; None while it is open."""
        return self._newest.answer if self._newest else None

    def on_mount(self) -> None:
        """Follow from the start."""
        self.anchor()

    def add_turn(self, question: str) -> Turn:
        """Put a new question at the bottom, and follow it."""
        self._newest = turn = Turn(question)
        self._turns.mount(turn)
        self.anchor()
        return turn

    def add_notice(self, text: str) -> None:
        """Put a message that belongs to no question at the bottom."""
        self._turns.mount(Passage(text, classes="notice"))
