"""Narration on standard error: lines, progress bars, errors. Standard output belongs to data."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from assistant.locale import describe, t

narration = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """One line of narration, its text taken literally."""
    sys.stdout.flush()
    narration.print(Text(line), soft_wrap=True)


def fail(line: str, code: int) -> int:
    """Say what went wrong and hand the exit code back."""
    sys.stdout.flush()
    narration.print(Text("kotae: ", style="bold red") + Text(line), soft_wrap=True)
    return code


def our_errors() -> tuple[type[Exception], ...]:
    """The base errors of the three packages."""
    from assistant.errors import AssistantError
    from inference.errors import InferenceError
    from mcp_server.errors import DatabaseToolError

    return (AssistantError, InferenceError, DatabaseToolError)


@contextmanager
def reporting_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Turn our own errors into one line and their exit code; anything else is a bug and shows."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(fail(t("cli.interrupted"), 130))
    except kinds as error:
        sys.exit(fail(describe(error), exit_code(error)))


def exit_code(error: Exception) -> int:
    """What the error says itself, or what follows from who must act."""
    code: int | None = getattr(error, "exit_code", None)
    return code or {"person": 2, "time": 3}.get(getattr(error, "actor", ""), 1)


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines, each column as wide as its widest cell on the screen."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def byte_progress() -> Progress:
    """A bar for downloads: bytes, speed, time left."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=narration,
    )


def step_progress() -> Progress:
    """A bar for work counted in steps, with a spinner while its length is unknown."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=narration,
    )
