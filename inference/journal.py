"""What a tuning has measured so far, so that an interrupted one goes on where it stopped."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from inference.measure import Turn
from inference.tuned import Knobs


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: settings that played a round's script, or why they did not run healthy."""

    round: str
    knobs: Knobs
    turn: Turn | None
    fault: str = ""


class Journal:
    """JSON lines in a file that only its user can read. A line that is cut off is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        entries = _read(path)
        self._known = {(entry.round, entry.knobs): entry for entry in entries}

    def __len__(self) -> int:
        return len(self._known)

    def entry(self, name: str, knobs: Knobs) -> Entry | None:
        """What was measured in a round."""
        return self._known.get((name, knobs))

    def knows(self, name: str, knobs: Knobs) -> bool:
        """Whether these settings were tried in a round."""
        return (name, knobs) in self._known

    def fault(self, name: str, knobs: Knobs) -> str:
        """Why settings did not run healthy, nothing where they did."""
        entry = self.entry(name, knobs)
        return entry.fault if entry else ""

    def write(self, entry: Entry) -> None:
        """Add a line."""
        self._known[entry.round, entry.knobs] = entry
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self._path, flags, 0o600), "a", encoding="utf-8") as file:
            file.write("\n" + json.dumps(asdict(entry)))  # the line before may be cut off

    def finish(self) -> None:
        """Forget it all; the next tuning measures anew."""
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> list[Entry]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [entry for line in lines if (entry := _entry(line))]


def _entry(line: str) -> Entry | None:
    try:
        told = json.loads(line)
        turn = told["turn"] and Turn(**told["turn"])
        return Entry(told["round"], Knobs(**told["knobs"]), turn, told["fault"])
    except (ValueError, KeyError, TypeError):
        return None
