import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assistant.cli.test_model import kotae
from tests.fixtures.models import KOTAE

pytestmark = pytest.mark.model


def test_bench_prints_every_depth_that_the_context_holds(gpt_oss_model: Path) -> None:
    done = kotae("bench", str(gpt_oss_model), "--depth", "0,256,99999", "--json")
    told = json.loads(done.stdout)
    assert told["model"] == "gpt-oss-small"
    assert [row["depth"] for row in told["depths"]] == [0, 256]
    assert "left out: 99999" in done.stderr
    assert done.returncode == 0
    assert "gpt-oss-small was stopped" in kotae("stop").stderr


@pytest.mark.parametrize("depth", ["a", "-1", "1,,2"])
def test_a_depth_that_is_no_number_is_bad_usage(depth: str) -> None:
    done = kotae("bench", "x.gguf", f"--depth={depth}")
    assert "--depth 0,1024,4096" in " ".join(done.stderr.split())
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["1. short turn: as planned: ", "settings: ", "a turn takes "]),
        ("ja", ["1. 短いやりとり: 計画どおり: ", "設定: ", "1 回のやりとりが "]),
    ],
)
def test_tuning_tells_its_trials_and_prints_what_was_gained(
    gpt_oss_model: Path, language: str, told: list[str]
) -> None:
    arguments = [str(gpt_oss_model), "--minutes", "0.5", "--ctx", "4096"]
    done = kotae("tune", *arguments, KOTAE_LANGUAGE=language)
    assert told[0] in done.stderr
    assert done.stdout.startswith(told[1])
    assert told[2] in done.stdout
    assert len(done.stdout.splitlines()) == 3
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent")
def test_an_interrupted_tuning_is_taken_up_again(gpt_oss_model: Path) -> None:
    command = ["tune", str(gpt_oss_model), "--ctx", "4096", "--minutes"]
    long = [*KOTAE, "model", *command, "10"]  # a slow machine too comes to its second trial
    with subprocess.Popen(long, env=os.environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(line.startswith("2. ") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().splitlines()[-1] == "kotae: interrupted"
    assert process.returncode == 130
    again = kotae(*command, "0.5")
    assert "going on with an interrupted tuning" in again.stderr
    assert "(known)" in again.stderr
    assert again.returncode == 0
