"""What a long step reports while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal[
    "waiting",  # another kotae process pulls or starts; detail: what
    "switching",  # a source could not be used, the next one is tried; detail: why
    "verifying",  # bytes hashed so far; detail: the file
    "downloading",  # bytes fetched so far; detail: the file
    "testing",  # an engine is tried out; detail: which
    "loading",  # bytes of the model in memory, roughly; detail: the model
]


@dataclass(frozen=True, slots=True)
class Progress:
    """One step forward; `done` and `total` are bytes, None where they are not known."""

    stage: Stage
    done: int | None = None
    total: int | None = None
    detail: str = ""


OnProgress = Callable[[Progress], None]
"""Called often (several times a second). An exception raised by it cancels the step cleanly."""


def unheard(_: Progress) -> None:
    """The listener of a caller who does not listen."""


def human_size(amount: float) -> str:
    """Bytes as a person reads them: 63.4 GB."""
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
