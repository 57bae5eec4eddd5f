"""The language of the screen changes while it stands."""

from typing import Protocol, runtime_checkable

from textual.dom import DOMNode


@runtime_checkable
class Retold(Protocol):
    """A widget with words of our own on it."""

    def retell(self) -> None:
        """Say them in the language of now."""
        ...


def retell(root: DOMNode) -> None:
    """Have all that is below `root` say its words again."""
    for widget in root.walk_children():
        if isinstance(widget, Retold):
            widget.retell()
