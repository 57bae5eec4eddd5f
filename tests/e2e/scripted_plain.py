"""The line-by-line chat over a scripted asker: python -m tests.e2e.scripted_plain [FILE].

Its first question takes for ever, the second is asked back, the others are answered. With a
file, what is asked is kept there.
"""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path

from assistant.cli.plain import chat
from assistant.events import Answer, Answered, Progress, RowsReady, SqlDelta, SqlReady
from assistant.followup import Memory
from assistant.sessions.notebook import Notebook
from assistant.sessions.store import Store
from tests.assistant.scripted import USAGE, ScriptedAsker, opener, result

ROWS = result(("東京都", 12345), ("大阪府", 678), prefecture="text", sales="integer")
STUCK = [Progress("writing"), SqlDelta("SELECT stuck FROM "), asyncio.Event()]
ASKING = [Answered(Answer("ask", "どちらですか？", choices=("税込み", "税抜き"), default="税込み"))]
ANSWERED = [
    SqlReady("SELECT 1"),
    RowsReady(ROWS),
    Answered(Answer("answered", "東京都が最多です。", sql="SELECT 1", result=ROWS, usage=USAGE)),
]
FAILED = [Answered(Answer("failed", "no such table: x", exit_code=1))]

if __name__ == "__main__":
    scripts = [ASKING, ANSWERED, FAILED] if len(sys.argv) > 1 else [STUCK, ANSWERED]
    with ExitStack() as stack:
        notebook = None
        if len(sys.argv) > 1:
            store = stack.enter_context(Store(Path(sys.argv[1])))
            notebook = Notebook(store, Memory(), "sales", "m")
        sys.exit(chat(opener(ScriptedAsker(*scripts)), "sales", notebook))
