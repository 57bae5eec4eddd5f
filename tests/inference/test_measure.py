from pathlib import Path

import pytest

from inference import background
from inference.endpoint import Endpoint
from inference.errors import MeasuringFailed, ServerInTheWay
from inference.measure import Script, Stopwatch
from inference.server import ServerWish, start_background
from inference.trials import subject, tune
from inference.tune import SCRIPTS
from inference.tuned import load

pytestmark = pytest.mark.model


def test_every_depth_is_measured_with_a_prompt_that_is_not_cached(gpt_oss_server: Endpoint) -> None:
    with Stopwatch(gpt_oss_server) as stopwatch:
        rows = list(stopwatch.at_depths((0, 512, 1024), generated=8))
    assert [row.depth for row in rows] == [0, 512, 1024]
    assert rows[0].prompt_rate is None
    assert all(row.generation_rate > 0 and row.first_token > 0 for row in rows)


def test_a_turn_reads_only_what_is_new_after_its_first_prompt(gpt_oss_server: Endpoint) -> None:
    with Stopwatch(gpt_oss_server) as stopwatch:
        prompt = stopwatch._prompt(600)
        first = stopwatch.complete(prompt, 8)
        second = stopwatch.complete([*prompt, *first.tokens, *stopwatch._prompt(40)], 8)
        turn = stopwatch.play(Script(prompt=300, rounds=2, call=4, result=32, answer=8))
    assert first.prompt_tokens == 600
    assert len(first.tokens) == 8
    assert second.prompt_tokens <= 8 + 40
    assert turn.seconds > 0


def test_a_prompt_that_is_too_long_is_told_by_the_server(gpt_oss_server: Endpoint) -> None:
    with Stopwatch(gpt_oss_server) as stopwatch, pytest.raises(MeasuringFailed, match="context"):
        list(stopwatch.at_depths((9000,)))


def test_a_server_that_is_gone_is_one_line() -> None:
    gone = Endpoint("http://127.0.0.1:1/v1", None, "x")
    with (
        Stopwatch(gone) as stopwatch,
        pytest.raises(MeasuringFailed, match="could not be measured"),
    ):
        list(stopwatch.at_depths((0,)))


def test_a_model_is_tuned_on_real_servers_and_the_outcome_is_kept(gpt_oss_model: Path) -> None:
    tuned = subject(str(gpt_oss_model), 4096)
    trials = []
    found = tune(tuned, 30.0, trials.append)
    assert {trial.round for trial in trials} >= {"short"}
    assert [trial.fault for trial in trials if trial.fault] == []
    assert found.turn.seconds <= found.untuned.seconds
    assert load(tuned.key) == found
    assert len(tuned.journal()) == 0
    assert sum(vars_of("final")) < 4096


def vars_of(name: str) -> tuple[int, ...]:
    script = SCRIPTS[name]
    return (script.prompt, script.rounds * (script.call + script.result), script.answer)


def test_nothing_is_tuned_beside_a_server_that_runs(tiny_model: Path) -> None:
    start_background(ServerWish(model=str(tiny_model)))
    try:
        with pytest.raises(ServerInTheWay, match="kotae model stop"):
            subject(str(tiny_model))
    finally:
        background.stop()
