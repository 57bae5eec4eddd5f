"""Commands: what a key or the palette can do. The app knows them as a list and nothing more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from assistant.locale import t

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp


def always(_: "ChatApp") -> bool:
    """Possible at any moment."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """`name` stands in `[keys]` of kotae.toml; its title is the sentence tui.command_<name>.

    Without a key it is in the palette only. `possible` tells whether it has something to act on.
    """

    name: str
    key: str
    run: Callable[["ChatApp"], Awaitable[None] | None]
    possible: Callable[["ChatApp"], bool] = always

    @property
    def title(self) -> str:
        """What it does, in the person's language."""
        return t(f"tui.command_{self.name}")

    def binding(self) -> Binding:
        """For the app, which finds the command by its name."""
        action = f"command('{self.name}')"
        return Binding(self.key, action, self.name, id=self.name, show=False)
