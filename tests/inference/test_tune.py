from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import InferenceError, MeasuringFailed, NothingMeasured
from inference.journal import Journal
from inference.measure import Script, Turn
from inference.tune import PAIRS, SCRIPTS, Trial, Tuning
from inference.tuned import Knobs, Tuned

PLAN = Knobs(threads=4, ubatch=512, cpu_moe_layers=0, load_mode="mmap", repack=False)
FEWER, WIDER = replace(PLAN, threads=3), replace(PLAN, ubatch=2048)
DIRECT = replace(PLAN, load_mode="none")
BOTH = replace(PLAN, threads=3, ubatch=2048)


PACE = Turn(seconds=0.0, prompt_rate=100.0, generation_rate=10.0)
LOADING = 5.0


class Bench:
    """A machine on which every setting takes its time, 10 being what the plan takes."""

    def __init__(self, seconds: Callable[[Knobs], float]) -> None:
        self.seconds = seconds
        self.clock = 0.0
        self.runs: list[tuple[Knobs, Script]] = []
        self.trials: list[Trial] = []

    def run(self, knobs: Knobs, script: Script) -> Turn:
        self.runs.append((knobs, script))
        seconds = self.seconds(knobs) / 10 * script.estimate(PACE)
        self.clock += LOADING
        if seconds < 0:
            raise MeasuringFailed(reason="no word came")
        self.clock += seconds
        return replace(PACE, seconds=seconds)

    def tuned(
        self,
        path: Path,
        *variations: Knobs,
        minutes: float = 1000,
        allowed: Callable[[Knobs], bool] = lambda _: True,
    ) -> Tuned:
        tuning = Tuning(
            self.run,
            Journal(path),
            60 * minutes,
            self.trials.append,
            allowed,
            now=lambda: self.clock,
        )
        return tuning.best(PLAN, list(variations), ceiling=40.0)


def speeds(**seconds: float) -> Callable[[Knobs], float]:
    """Each change helps or harms by itself: seconds to be added for it."""

    def of(knobs: Knobs) -> float:
        return 10 + sum(seconds.get(name, 0) for name in knobs.changes(PLAN))

    return of


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_changes_that_help_are_put_together_and_meet_the_plan_in_a_final(journal: Path) -> None:
    bench = Bench(speeds(threads=-1, ubatch=-2, load_mode=+3))
    found = bench.tuned(journal, FEWER, WIDER, DIRECT)
    assert found.knobs == BOTH
    assert found.gain == pytest.approx(0.3)
    assert found.of_ceiling == 0.25
    final = [knobs for knobs, script in bench.runs if script == SCRIPTS["final"]]
    assert final == [PLAN, BOTH, BOTH, PLAN, PLAN, BOTH]
    assert len(final) == 2 * PAIRS


@pytest.mark.parametrize("gain", [0.0, -0.1, +5.0])
def test_the_plan_wins_ties_and_what_is_noise(journal: Path, gain: float) -> None:
    found = Bench(speeds(threads=gain)).tuned(journal, FEWER)
    assert (found.knobs, found.gain) == (PLAN, 0.0)
    assert found.turn == found.untuned


def test_a_change_that_looked_good_but_loses_the_final_is_dropped(journal: Path) -> None:
    bench = Bench(speeds())
    bench.seconds = lambda knobs: 10 + (knobs == FEWER) * (-1 if len(bench.runs) <= 4 else +1)
    assert bench.tuned(journal, FEWER).knobs == PLAN


def test_settings_that_do_not_run_healthy_are_told_and_dropped(journal: Path) -> None:
    bench = Bench(lambda knobs: -1.0 if knobs == WIDER else 9.0 if knobs == FEWER else 10.0)
    assert bench.tuned(journal, FEWER, WIDER).knobs == FEWER
    faults = [trial.fault for trial in bench.trials if trial.knobs == WIDER]
    assert len(faults) == 1
    assert "no word came" in faults[0]


def test_what_helps_alone_but_does_not_fit_together_is_not_tried(journal: Path) -> None:
    bench = Bench(speeds(threads=-1, ubatch=-2))
    found = bench.tuned(journal, FEWER, WIDER, allowed=lambda knobs: knobs != BOTH)
    assert found.knobs == WIDER
    assert BOTH not in [knobs for knobs, _ in bench.runs]


@pytest.mark.parametrize("minutes", [4, 5, 6, 8, 12])
def test_the_budget_is_kept_with_time_for_a_final(journal: Path, minutes: float) -> None:
    bench = Bench(speeds(threads=-1, ubatch=-2))
    found = bench.tuned(journal, FEWER, WIDER, DIRECT, minutes=minutes)
    assert bench.clock <= 60 * minutes + LOADING
    assert found.gain == 0 or sum(s == SCRIPTS["final"] for _, s in bench.runs) >= 4


def test_a_budget_for_one_trial_leaves_the_plan_as_it_is(journal: Path) -> None:
    bench = Bench(speeds(threads=-1))
    assert bench.tuned(journal, FEWER, minutes=0.1).knobs == PLAN
    assert len(bench.runs) == 1


def test_an_interrupted_tuning_goes_on_where_it_stopped(journal: Path) -> None:
    first = Bench(speeds(threads=-1))

    def interrupt(knobs: Knobs) -> float:
        if knobs == WIDER:
            raise KeyboardInterrupt
        return 9.0 if knobs == FEWER else 10.0

    first.seconds = interrupt
    with pytest.raises(KeyboardInterrupt):
        first.tuned(journal, FEWER, WIDER)
    with journal.open("a", encoding="utf-8") as file:
        file.write('\n{"round": "sho')
    second = Bench(speeds(threads=-1))
    assert second.tuned(journal, FEWER, WIDER).knobs == FEWER
    assert [trial.known for trial in second.trials[:3]] == [True, True, False]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_plan_that_does_not_run_is_an_error_with_its_cause(journal: Path) -> None:
    with pytest.raises(NothingMeasured, match="no word came") as caught:
        Bench(lambda _: -1.0).tuned(journal, FEWER)
    assert isinstance(caught.value, InferenceError)
