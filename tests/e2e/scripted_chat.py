"""The chat over a scripted asker, to be driven in a real terminal.

The first question writes SQL and then takes for ever; every later one is answered at once.
"""

import asyncio
import sys

from assistant import tui
from assistant.events import Answer, Answered, Progress, RowsReady, SqlDelta, SqlReady
from assistant.tui.opening import Opening
from tests.assistant.scripted import USAGE, ScriptedAsker, opener, result

ROWS = result(("東京都", 12345), ("大阪府", 678), prefecture="text", sales="integer")
STUCK = [Progress("writing"), SqlDelta("SELECT stuck FROM "), asyncio.Event()]
ANSWERED = [
    SqlReady("SELECT 1"),
    RowsReady(ROWS),
    Answered(Answer("answered", "東京都が最多です。", sql="SELECT 1", result=ROWS, usage=USAGE)),
]

if __name__ == "__main__":
    asker = ScriptedAsker(STUCK, ANSWERED)
    sys.exit(tui.run(lambda: Opening(opener(asker), "sales", "gpt-oss-20b")))
