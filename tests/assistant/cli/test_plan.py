import json
import os
import subprocess

import pytest

from tests.fixtures.models import KOTAE


def plan(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, "model", "plan", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_plan_of_another_machine_is_data() -> None:
    done = plan("gpt-oss-120b", "--ram", "64", "--gpu", "RTX 4060 Ti", "--json")
    data = json.loads(done.stdout)
    assert list(data) == [
        "model",
        "context",
        "cpu_moe_layers",
        "verdict",
        "memory",
        "tokens_per_second",
        "command",
        "ways_out",
    ]
    assert (data["model"], data["context"], data["cpu_moe_layers"]) == ("gpt-oss-120b", 32768, 30)
    for lines in data["memory"].values():
        total = lines.pop("total_mib")
        assert total == pytest.approx(sum(lines.values()), abs=len(lines))
    assert (data["verdict"], done.returncode, done.stderr) == ("fits", 0, "")


@pytest.mark.parametrize(
    ("language", "verdict", "way"),
    [
        ("en", "verdict: does not fit.", "96 GB of RAM"),
        ("ja", "判定: 収まりません。", "RAM を 96 GB にする"),
    ],
)
def test_the_plan_tells_what_would_fit(language: str, verdict: str, way: str) -> None:
    done = plan("gpt-oss-120b", "--ram", "24", KOTAE_LANGUAGE=language)
    assert verdict in done.stdout
    assert way in done.stdout
    assert "gpt-oss-20b" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("gpu", ["none", "integrated", "card", "unified"])
@pytest.mark.parametrize("context", [[], ["--context", "131072"]])
def test_every_line_of_a_plan_has_words_in_both_languages(language, gpu, context) -> None:
    done = plan("gpt-oss-120b", "--ram", "64", "--gpu", gpu, *context, KOTAE_LANGUAGE=language)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["gpt-oss"], "no model is called 'gpt-oss'"),
        (["none.gguf"], "there is no model file none.gguf"),
        (["--gpu", "RTX 4091"], "the nearest is 'RTX 4090'"),
        (["--ram", "0"], "--ram"),
    ],
)
def test_bad_input_gets_one_clear_line(arguments: list[str], told: str) -> None:
    done = plan("--ram", "64", *arguments)
    assert told in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.model
def test_the_plan_of_this_machine_is_made_with_its_own_figures() -> None:
    done = plan("gpt-oss-20b", "--json")
    assert json.loads(done.stdout)["memory"]["ram"]["total_mib"] > 11_000
    assert done.returncode == 0
