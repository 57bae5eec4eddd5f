"""What is going on with a question, in one line."""

from assistant.events import Progress
from assistant.locale import t
from assistant.tui.literal import Passage


def percent(progress: Progress) -> str:
    """The share done as " 40 %", or nothing while it is unknown."""
    return "" if progress.done is None else f" {progress.done:.0%}"


class ProgressLine(Passage):
    """The stage a question has reached; empty when it is over."""

    def report(self, progress: Progress) -> None:
        """Show the stage, how far it is, and its detail."""
        stage = t(f"tui.stage_{progress.stage}")
        self.write(f"{stage}{percent(progress)} {progress.detail}".rstrip())
