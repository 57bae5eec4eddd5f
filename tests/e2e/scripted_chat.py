"""The chat over a scripted asker, to be driven in a real terminal.

The first question writes SQL and then takes for ever; every later one is answered at once. With
the argument `crash` the chat breaks when a question is over.
"""

import asyncio
import sys

from assistant import tui
from assistant.events import Answer, Answered, Progress, RowsReady, SqlDelta, SqlReady
from assistant.tui.app import ChatApp
from assistant.tui.opening import Opening
from assistant.tui.turn import Turn
from tests.assistant.scripted import USAGE, ScriptedAsker, opener, result

ROWS = result(("東京都", 12345), ("大阪府", 678), prefecture="text", sales="integer")
STUCK = [Progress("writing"), SqlDelta("SELECT stuck FROM "), asyncio.Event()]
ANSWERED = [
    SqlReady("SELECT 1"),
    RowsReady(ROWS),
    Answered(Answer("answered", "東京都が最多です。", sql="SELECT 1", result=ROWS, usage=USAGE)),
]


class Crashing(ChatApp):
    """Has a fault."""

    def on_turn_over(self, over: Turn.Over) -> None:
        raise ZeroDivisionError


def opening() -> Opening:
    """What the chat is opened with."""
    return Opening(opener(ScriptedAsker(STUCK, ANSWERED)), "sales", "gpt-oss-20b")


if __name__ == "__main__":
    if "crash" in sys.argv:
        app = Crashing(opening)
        app.run()
        sys.exit(app.return_code)
    sys.exit(tui.run(opening))
