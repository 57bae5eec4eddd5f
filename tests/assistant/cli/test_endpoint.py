import json

import pytest

from tests.assistant.cli.test_model import kotae
from tests.inference.test_dialects import OLLAMA, SILENT, VLLM, speaking


def test_a_servers_models_are_told_with_their_context() -> None:
    with speaking(VLLM) as url:
        done = kotae("endpoint", url, "--json")
    assert json.loads(done.stdout) == {
        "url": f"{url}/v1",
        "models": [{"model": "oss", "context": 131072, "kind": "vllm"}],
    }
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("language", "told"), [("en", "not told"), ("ja", "不明")])
def test_a_context_that_nobody_tells_is_told_in_both_languages(language: str, told: str) -> None:
    with speaking(SILENT) as url:
        done = kotae("endpoint", KOTAE_ENDPOINT=url, KOTAE_LANGUAGE=language)
    assert told in done.stdout
    assert done.returncode == 0


def test_the_endpoint_of_the_settings_is_the_default() -> None:
    with speaking(OLLAMA) as url:
        done = kotae("endpoint", KOTAE_ENDPOINT=url)
    assert done.stdout == "oss\tollama\tcontext 4096\n"


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (["http://127.0.0.1:1"], "no model server answers", 3),
        ([], "set endpoint in [model]", 2),
    ],
)
def test_an_endpoint_that_is_not_there_is_one_line(
    arguments: list[str], told: str, code: int
) -> None:
    done = kotae("endpoint", *arguments)
    assert told in " ".join(done.stderr.split())
    assert (done.returncode, done.stdout) == (code, "")
