"""What the chat is opened with, once settings are read; the screen is painted before that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from assistant.asker import OpenChat


@dataclass(frozen=True, slots=True)
class Opening:
    """`database` and `model` are the names in the status line.

    `keys`: keys by the name of a command. `keep_pair` keeps a question with the statement that
    somebody verified, and returns where.
    """

    open_asker: OpenChat
    database: str
    model: str
    keys: Mapping[str, str] = field(default_factory=dict)
    keep_pair: Callable[[str, str], str] | None = None


Prepare = Callable[[], Opening]
"""Called in a thread after the first paint, for it imports what is heavy and reads settings."""
