"""The last line: which database, which model, what it is doing, which keys."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from assistant.events import Progress
from assistant.locale import t
from assistant.tui.literal import Passage
from assistant.tui.progress_line import percent
from assistant.tui.queue import State


class StatusLine(Horizontal):
    """The lock says that the database is opened for reading only."""

    def __init__(self, database: str, model: str) -> None:
        super().__init__()
        self._names = f"🔒 {database} · {model}"
        self._state = Passage(classes="state")

    def compose(self) -> ComposeResult:
        """State to the left, keys to the right."""
        yield self._state
        yield Passage(t("tui.keys"), classes="keys")

    def show_state(self, state: State) -> None:
        """Say what the model is doing."""
        if isinstance(state, Progress):
            words = f"{t('tui.state_loading')}{percent(state)} {state.detail}".rstrip()
        else:
            words = t(f"tui.state_{state}")
        self._state.write(f"{self._names} · {words}")
