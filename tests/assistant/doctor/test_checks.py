from pathlib import Path

import pytest

from assistant.doctor import database, house, server
from assistant.doctor.finding import Finding, exit_code, failure
from assistant.doctor.server import Engine, MemoryPlan
from inference.errors import EndpointLoading, ModelNotInstalled


def test_settings_are_wrong_before_a_server_is_missing() -> None:
    found = [
        Finding("database", "broken", "", exit_code=3),
        Finding("settings", "broken", "", exit_code=2),
        Finding("account", "warning", ""),
    ]
    assert [exit_code(found), exit_code(found[:1]), exit_code(found[2:])] == [2, 3, 0]


@pytest.mark.parametrize(
    ("candidates", "state", "mend"),
    [
        ([Engine("a", "illegal instruction"), Engine("b", "")], "ok", ""),
        ([Engine("a", None), Engine("b", "")], "warning", "kotae engine test"),
        ([Engine("a", "illegal instruction")], "broken", "kotae engine install"),
        ([], "broken", "kotae engine install"),
    ],
)
def test_the_engine_is_the_first_that_is_not_known_to_fail(
    candidates: list[Engine], state: str, mend: str
) -> None:
    found = server.engine(candidates)
    assert (found.state, found.mend) == (state, mend)


@pytest.mark.parametrize(
    ("verdict", "state"), [("fits", "ok"), ("tight", "warning"), ("does not fit", "broken")]
)
def test_a_plan_that_does_not_fit_is_broken_and_names_the_plan(verdict: str, state: str) -> None:
    found = server.memory(MemoryPlan("big", verdict, "70 GB", "46 GB", "0 B", "24 GB", 16384, 0.4))
    assert found.state == state
    assert found.mend == ("" if state == "ok" else "kotae model plan big")


def test_only_the_names_of_variables_are_shown() -> None:
    environ = {"KOTAE_API_KEY": "sk-very-secret", "KOTAE_MODEL": "", "PATH": "/bin"}
    found = house.sources(Path("kotae.toml"), environ)
    assert found.text == "kotae.toml, KOTAE_API_KEY"


def test_a_folder_that_is_not_there_is_judged_by_its_nearest_parent_and_not_made(
    tmp_path: Path,
) -> None:
    deep, file = tmp_path / "a" / "b", tmp_path / "file"
    file.touch()
    assert house.folder("models", deep, "KOTAE_MODELS_DIR").state == "ok"
    assert not (tmp_path / "a").exists()
    found = house.folder("models", file / "b", "KOTAE_MODELS_DIR")
    assert (found.state, found.mend) == ("broken", "export KOTAE_MODELS_DIR=…")


def test_knowledge_that_cannot_be_read_is_broken(tmp_path: Path) -> None:
    assert house.knowledge(tmp_path).state == "ok"
    (tmp_path / "pairs.jsonl").write_text("nonsense\n", encoding="utf-8")
    assert house.knowledge(tmp_path).state == "broken"


def test_an_account_that_may_write_is_a_warning_with_the_command_for_a_better_one() -> None:
    found = database.account("my shop", "root@%", "admin", ["FILE"])
    assert (found.state, found.mend) == ("warning", "kotae db grant -d 'my shop'")
    assert database.account("shop", "reader@%", "reader", []).state == "ok"


def test_a_layer_that_the_server_lacks_is_a_warning() -> None:
    assert database.fence("shop", ["policy"], ["transaction"]).state == "warning"
    assert database.fence("shop", ["policy", "transaction"], []).state == "ok"


def test_the_command_at_the_end_of_an_errors_sentence_is_the_mend() -> None:
    found = failure("model", ModelNotInstalled(name="gpt-oss-20b"), 2)
    assert (found.state, found.mend) == ("broken", "kotae model pull gpt-oss-20b")
    assert failure("model", EndpointLoading(url="http://x/v1"), 3).mend == ""
