"""Runs that kill themselves: python -m tests.assistant.report.killed_runs FOLDER MOMENT…

For each moment a process of its own runs the report in FOLDER/MOMENT and dies by SIGKILL at its
MOMENT-th dealing with a file there, whatever it is: making, opening, replacing or removing it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from assistant.report.outcome import Finished
from tests.assistant.report.test_runner import PAID
from tests.assistant.report.working import Desk, Log, staff
from tests.assistant.scripted import ScriptedAsker
from tests.assistant.shop import write_shop

TOLD = "told"
IDS = [f"q{number}" for number in range(1, 41)]
FILE = 'title = "Overview"\n' + "".join(
    f'[[question]]\nid = "{id}"\ntext = "{id}?"\n' for id in IDS
)


class Teller(Log):
    """Writes down whose answer is said to be on the disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def finished(self, finished: Finished) -> None:
        os.write(self._file, f"{finished.question.id}\n".encode())


def desk_in(folder: Path) -> Desk:
    """The shop and forty questions."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = folder / "shop.db"
    desk = Desk(folder, shop if shop.exists() else write_shop(shop))
    desk.writes(FILE)
    return desk


def die_at(moment: int, folder: Path) -> None:
    """Arm the process: at its `moment`-th dealing with a file of the report it is gone."""
    left = moment

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        of_files = event == "open" or event.startswith("os.")
        if of_files and any(str(folder) in str(part) for part in arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(heard)


def run_and_die(folder: Path, moment: int) -> None:
    """One run."""
    desk = desk_in(folder)
    desk.log = Teller(folder)
    die_at(moment, folder)
    asyncio.run(desk.run(staff(ScriptedAsker(PAID))))


def main() -> None:
    """All runs, one after another."""
    folder = Path(sys.argv[1])
    for moment in map(int, sys.argv[2:]):
        if (child := os.fork()) == 0:
            run_and_die(folder / str(moment), moment)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(moment, "killed" if os.WIFSIGNALED(status) else "ended", flush=True)


if __name__ == "__main__":
    main()
