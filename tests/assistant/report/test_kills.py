import json
import subprocess
import sys
from pathlib import Path
from random import Random

from tests.assistant.report.killed_runs import IDS, TOLD, desk_in
from tests.assistant.report.test_runner import PAID, lines, statuses
from tests.assistant.report.working import staff
from tests.assistant.scripted import ScriptedAsker

ROOT = Path(__file__).parents[3]
KILLS, MOMENTS = 30, 96
"""A run of forty questions deals with its files MOMENTS times."""


async def test_thirty_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    moments = sorted(Random(7).sample(range(1, MOMENTS), KILLS))
    command = [sys.executable, "-m", "tests.assistant.report.killed_runs", str(tmp_path)]
    done = subprocess.run(
        [*command, *map(str, moments)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("killed") == KILLS, done.stdout
    for moment in map(str, moments):
        desk = desk_in(tmp_path / moment)
        told = set((desk.file.parent / TOLD).read_text(encoding="utf-8").split())
        asker = ScriptedAsker(PAID)
        await desk.run(staff(asker))
        asked = {question.removesuffix("?") for question in asker.asked}
        assert asked & told == set(), f"killed at {moment}: asked again"
        assert statuses(desk) == [(id, "answered") for id in IDS], f"killed at {moment}"
        assert {line["rows"][0][0] for line in lines(desk)} <= {"36500", 36500}
        lock = json.loads(desk.lock.read_text(encoding="utf-8"))
        assert list(lock["questions"]) == IDS
        assert not [path for path in desk.out.iterdir() if path.name.endswith(".part")]
