"""The last line: which database, which model, what it is doing, what it holds, which keys."""

from textual.app import ComposeResult
from textual.containers import Horizontal

from assistant.asker import Effort, Serving, Surroundings
from assistant.events import Progress, Usage
from assistant.locale import t
from assistant.tui.literal import Passage
from assistant.tui.progress_line import percent
from assistant.tui.queue import State

ROOMY = 110
"""Terminal cells from which on there is room for all."""


class StatusLine(Horizontal):
    """The lock says that the database is opened for reading only."""

    def __init__(self) -> None:
        super().__init__()
        self._database, self._model = "…", "…"
        self._state: State = Progress("starting")
        self._surroundings: Surroundings | None = None
        self._usage: Usage | None = None
        self._words = Passage(classes="state")
        self._cancel = Passage(classes="keys")
        self._keys = Passage(classes="keys")

    def compose(self) -> ComposeResult:
        """State to the left, keys to the right."""
        yield self._words
        yield self._cancel
        yield self._keys

    def on_mount(self) -> None:
        """Say what is known so far."""
        self.retell()

    def on_resize(self) -> None:
        """Use the room there is."""
        self.retell()

    @property
    def effort(self) -> Effort | None:
        """How hard the model shall think; None for one that does not, or is not there yet."""
        return self._surroundings.effort if self._surroundings else None

    def show_names(self, database: str, model: str) -> None:
        """Say what is asked, and by what."""
        self._database, self._model = database, model
        self.retell()

    def show_surroundings(self, surroundings: Surroundings) -> None:
        """Say which model it really is, how much it holds, and how hard it thinks."""
        self._surroundings = surroundings
        self._model = surroundings.model or self._model
        self.retell()

    def show_usage(self, usage: Usage) -> None:
        """Say how fast the last answer was written, and how full the context was."""
        self._usage = usage
        self.retell()

    def show_state(self, state: State) -> None:
        """Say what the model is doing."""
        self._state = state
        self.retell()

    def retell(self) -> None:
        """Say all of it, in the language of now."""
        parts = [f"🔒 {self._database}", self._model, state_words(self._state)]
        parts += self._effort_words() + self._filling() + self._speed()
        self._words.write(" · ".join(parts))
        self._cancel.write(t("tui.key_cancel") if self.size.width >= ROOMY else "")
        self._keys.write(t("tui.keys"))

    def _effort_words(self) -> list[str]:
        told = self.effort and self.size.width >= ROOMY
        return [t(f"tui.effort_{self.effort}")] if told else []

    def _filling(self) -> list[str]:
        whole = self._surroundings.context_tokens if self._surroundings else None
        if not (self._usage and whole):
            return []
        used = self._usage.prompt_tokens + self._usage.completion_tokens
        share = f"{used / whole:.0%}"
        if self.size.width < ROOMY:
            return [t("tui.context_share", share=share)]
        return [t("tui.context", used=f"{used:,}", whole=f"{whole:,}", share=share)]

    def _speed(self) -> list[str]:
        speed = self._usage.tokens_per_second if self._usage else 0.0
        return [f"{speed:.1f} tok/s"] if speed else []


def state_words(state: State) -> str:
    """What the model is doing, in words."""
    match state:
        case Progress(stage="reading"):
            return t("tui.state_reading")
        case Progress():
            return f"{t('tui.state_loading')}{percent(state)} {state.detail}".rstrip()
        case Serving(state=what):
            return t(f"tui.state_{what}")
        case word:
            return t(f"tui.state_{word}")
