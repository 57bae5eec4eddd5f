"""Find the settings with which a turn takes least time: measured, never guessed.

Successive halving. All single changes of the plan play a short script; the better half, and all
changes that helped put together, play a longer one; the best meets the untuned plan in a final of
alternating turns. The plan wins ties, so a tuned server is never slower than an untuned one.
"""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from inference.errors import InferenceError, NothingMeasured
from inference.journal import Entry, Journal
from inference.measure import Script, Turn
from inference.tuned import Knobs, Tuned

Round = Literal["short", "long", "final"]
SCRIPTS: dict[Round, Script] = {
    "short": Script(prompt=384, rounds=1, call=8, result=64, answer=32),
    "long": Script(prompt=1024, rounds=2, call=16, result=96, answer=96),
    "final": Script(prompt=1536, rounds=3, call=24, result=128, answer=200),
}
PAIRS = 3
# Less than this is noise, and noise is no reason to change anything.
WORTH = 0.02
LONGEST_ROUND = 4


@dataclass(frozen=True, slots=True)
class Trial:
    """One measured turn, as it is told while tuning goes on.

    `turn` is None when the settings did not run healthy; `fault` says why. `known`: measured by
    an earlier run that was interrupted. `left`: seconds of the budget.
    """

    round: Round
    number: int
    knobs: Knobs
    turn: Turn | None
    fault: str
    known: bool
    left: float


Run = Callable[[Knobs, Script], Turn]
"""Starts a server with these settings and plays a script; raises InferenceError."""


class Tuning:
    """One tuning within a budget of seconds; `allowed` tells whether settings fit in memory."""

    def __init__(
        self,
        run: Run,
        journal: Journal,
        seconds: float,
        on_trial: Callable[[Trial], None],
        allowed: Callable[[Knobs], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._journal = journal
        self._on_trial = on_trial
        self._allowed = allowed
        self._now = now
        self._end = now() + seconds
        self._load = 0.0
        self._pace: Turn | None = None
        self._count = 0

    def best(self, untuned: Knobs, variations: list[Knobs], ceiling: float) -> Tuned:
        """The better settings of both in the final.

        Raises NothingMeasured when not even the untuned plan ran.
        """
        short = self._played("short", [untuned, *variations])
        if untuned not in short:
            raise NothingMeasured(reason=self._journal.fault("short", untuned) or "no time")
        faster = _faster(short, untuned)
        longer = [*faster[: max(1, min(LONGEST_ROUND, len(short) // 2))]]
        together = _together(faster, untuned)
        if together and together not in longer and self._allowed(together):
            longer.insert(0, together)
        long = self._played("long", [untuned, *longer]) if longer else {}
        best = next(iter(_faster(long, untuned)), untuned) if untuned in long else untuned
        return self._final(untuned, best, short[untuned], ceiling)

    def _played(self, name: Round, pool: Iterable[Knobs]) -> dict[Knobs, Turn]:
        """The turns of those that ran healthy, as far as there was time."""
        turns: dict[Knobs, Turn] = {}
        for knobs in pool:
            # Time for two pairs of the final is kept: without them all else would be for nothing.
            needed = self._cost(name) + 4 * self._cost("final")
            if turns and self._left() < needed and not self._journal.knows(name, knobs):
                break
            if turn := self._turn(name, knobs):
                turns[knobs] = turn
        return turns

    def _turn(self, name: Round, knobs: Knobs, *, fresh: bool = False) -> Turn | None:
        known = None if fresh else self._journal.entry(name, knobs)
        entry = known or self._measured(name, knobs)
        self._pace = self._pace or entry.turn
        self._count += 1
        self._on_trial(
            Trial(
                round=name,
                number=self._count,
                knobs=knobs,
                turn=entry.turn,
                fault=entry.fault,
                known=known is not None,
                left=max(0.0, self._left()),
            )
        )
        return entry.turn

    def _measured(self, name: Round, knobs: Knobs) -> Entry:
        started = self._now()
        try:
            turn = self._run(knobs, SCRIPTS[name])
            entry = Entry(name, knobs, turn)
            self._load = max(self._load, self._now() - started - turn.seconds)
        except InferenceError as error:
            entry = Entry(name, knobs, None, str(error))
        self._journal.write(entry)
        return entry

    def _final(self, untuned: Knobs, best: Knobs, first: Turn, ceiling: float) -> Tuned:
        ours: list[Turn] = []
        theirs: list[Turn] = []
        for pair in range(PAIRS if best != untuned else 0):
            if pair and self._left() < 2 * self._cost("final"):
                break
            # Who goes first changes, so that a machine that warms up favours neither.
            order = (untuned, best) if pair % 2 == 0 else (best, untuned)
            turns = {knobs: self._turn("final", knobs, fresh=True) for knobs in order}
            if (mine := turns[untuned]) and (other := turns[best]):
                ours.append(mine)
                theirs.append(other)
        before = _middle(ours) if ours else first
        after = _middle(theirs) if theirs else first
        wins = bool(theirs) and after.seconds < before.seconds * (1 - WORTH)
        return Tuned(
            knobs=best if wins else untuned,
            untuned=before,
            turn=after if wins else before,
            ceiling=ceiling,
            trials=self._count,
            date=date.today().isoformat(),
        )

    def _left(self) -> float:
        return self._end - self._now()

    def _cost(self, name: Round) -> float:
        """Seconds that a trial of a round will take, loading included, about."""
        return self._load + (SCRIPTS[name].estimate(self._pace) if self._pace else 0.0)


def _faster(turns: dict[Knobs, Turn], untuned: Knobs) -> list[Knobs]:
    """Those that were quicker than the untuned plan, the quickest first."""
    limit = turns[untuned].seconds
    quick = [knobs for knobs, turn in turns.items() if turn.seconds < limit]
    return sorted(quick, key=lambda knobs: turns[knobs].seconds)


def _together(faster: list[Knobs], untuned: Knobs) -> Knobs | None:
    """All changes that helped at once, of each setting the best; None where there is but one."""
    changes: dict[str, Any] = {}
    for knobs in faster:
        changes = {**knobs.changes(untuned), **changes}
    return replace(untuned, **changes) if len(changes) > 1 else None


def _middle(turns: list[Turn]) -> Turn:
    middle = statistics.median_low([turn.seconds for turn in turns])
    return next(turn for turn in turns if turn.seconds == middle)
