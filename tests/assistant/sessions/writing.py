"""A process that keeps one answer after another until it is killed: python -m … FILE.

It prints the number of each question once its answer is committed.
"""

import sys
from itertools import count
from pathlib import Path

from assistant.events import Answer
from assistant.sessions.store import Store
from tests.assistant.scripted import result

ROWS = result(*(("東京都" * 20, n) for n in range(500)), name="text", n="integer")

if __name__ == "__main__":
    store = Store(Path(sys.argv[1]))
    session = store.begin("sales", "m", "first")
    for number in count():
        turn = store.ask(session, f"q{number}")
        store.answer(turn, Answer("answered", f"a{number}", sql="SELECT 1", result=ROWS))
        print(number, flush=True)
