"""F1: the keys of the moment."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen

from assistant.locale import t
from assistant.tui.literal import Passage

_NAMES = {"escape": "Esc", "up": "↑", "down": "↓", "left": "←", "right": "→"}


class HelpScreen(ModalScreen[None]):
    """What can be pressed where the person is, with what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,f1,q", "dismiss", show=False)]

    def __init__(self, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """One line a key."""
        with VerticalScroll(classes="window"):
            yield Passage(t("tui.help_heading"), classes="heading")
            yield Passage(t("tui.help_more"), classes="muted")
            yield Passage("\n".join(aligned(self._keys)))


def keys_of_the_moment(screen: Screen[object], order: Sequence[str]) -> list[tuple[str, str]]:
    """Keys and titles of what works now: that of the focused widget, then commands in `order`."""
    keys: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        if active.enabled and (name := active.binding.id):
            keys.setdefault(name, []).append(key_name(active.binding.key))
    names = [name for name in keys if name not in order] + [name for name in order if name in keys]
    return [(" ".join(dict.fromkeys(keys[name])), t(f"tui.command_{name}")) for name in names]


def key_name(key: str) -> str:
    """A key as keyboards have it: Ctrl+Q."""
    return "+".join(_NAMES.get(part) or part.capitalize() for part in key.split("+"))


def aligned(keys: list[tuple[str, str]]) -> Iterator[str]:
    """Keys in one column, what they do in another."""
    width = max((cell_len(key) for key, _ in keys), default=0)
    return (key + " " * (width - cell_len(key) + 2) + title for key, title in keys)
