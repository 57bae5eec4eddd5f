"""How the progress of pulling and starting a model looks on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.progress import TaskID

from assistant.cli.console import byte_progress, narration, say
from assistant.locale import t
from inference.progress import Progress


@contextmanager
def narrated() -> Iterator[Callable[[Progress], None]]:
    """A listener that says each stage in a line, on a terminal with a bar where it is counted."""
    with ExitStack() as live:
        bars = byte_progress()
        shown: tuple[str, str] | None = None
        bar: TaskID | None = None

        def show(progress: Progress) -> None:
            nonlocal shown, bar
            if shown != (progress.stage, progress.detail):
                shown = (progress.stage, progress.detail)
                if bar is not None:
                    bars.remove_task(bar)
                    bar = None
                line = t(f"model.stage_{progress.stage}", what=progress.detail)
                if progress.total and narration.is_terminal:
                    if not bars.live.is_started:
                        live.enter_context(bars)
                    bar = bars.add_task(line, total=progress.total)
                else:
                    say(line)
            if bar is not None:
                bars.update(bar, completed=progress.done)

        yield show
