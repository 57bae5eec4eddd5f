"""What the chat is opened with, once settings are read; the screen is painted before that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.asker import OpenChat

if TYPE_CHECKING:
    from assistant.sessions.notebook import Notebook
    from assistant.sessions.session import Transcript


@dataclass(frozen=True, slots=True)
class Opening:
    """`database` and `model` are the names in the status line.

    `keys`: keys by the name of a command. `keep_pair` keeps a question with the statement that
    somebody verified, and returns where. `notebook` keeps the conversation, which goes on from
    `resumed` if that is set.
    """

    open_asker: OpenChat
    database: str
    model: str
    keys: Mapping[str, str] = field(default_factory=dict)
    keep_pair: Callable[[str, str], str] | None = None
    notebook: "Notebook | None" = None
    resumed: "Transcript | None" = None

    def close(self) -> None:
        """Let go of what is kept."""
        if self.notebook:
            self.notebook.store.close()


Prepare = Callable[[], Opening]
"""Called in a thread after the first paint, for it imports what is heavy and reads settings."""
