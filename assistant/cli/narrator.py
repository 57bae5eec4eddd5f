"""The events of a question, told on standard error while they happen."""

import sys
from types import TracebackType
from typing import Self

from rich.status import Status
from rich.text import Text

from assistant import render
from assistant.cli.console import narration, say
from assistant.events import ColdPrompt, Event, Progress, Repair, SqlDelta, SqlReady, Usage
from assistant.locale import t


class Narrator:
    """On a terminal: a status line and the statement as it is written. Piped: whole lines only."""

    def __init__(self) -> None:
        self._live = narration.is_terminal
        self._status = Status("", console=narration)
        self._sql_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()

    def rest(self) -> None:
        """Leave the terminal to others for a while."""
        self._status.stop()
        self._close_sql()

    def hear(self, event: Event) -> None:
        """Tell one event."""
        match event:
            case Progress():
                self._progress(event)
            case SqlDelta(text=text) if self._live:
                self._write_sql(text)
            case SqlReady(sql=sql) if not self._live:
                say(f"SQL: {render.printable(sql)}")
            case Repair(reason=reason):
                self._close_sql()
                say(t("ask.repair", reason=render.printable(reason).splitlines()[0]))
            case ColdPrompt(tokens=tokens, expected=expected):
                self._close_sql()
                say(t("ask.cold_prompt", tokens=tokens, expected=expected))
            case Usage():
                self._status.stop()
                self._close_sql()
                if event.prompt_tokens:
                    say(render.footer(event))
            case _:
                pass

    def _progress(self, progress: Progress) -> None:
        if not self._live:
            return
        self._close_sql()
        share = "" if progress.done is None else f" {progress.done:.0%}"
        line = f"{t(f'ask.stage_{progress.stage}')}{share} {progress.detail}".rstrip()
        self._status.update(Text(line))
        self._status.start()

    def _write_sql(self, text: str) -> None:
        self._status.stop()
        sys.stdout.flush()
        if not self._sql_open:
            narration.print("SQL: ", end="", style="dim")
            self._sql_open = True
        narration.print(Text(render.printable(text), style="cyan"), end="", soft_wrap=True)

    def _close_sql(self) -> None:
        if self._sql_open:
            narration.print()
            self._sql_open = False
