import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference import programs
from inference.errors import DownloadAltered, EngineBroken, EngineNotFetched, UnknownVariant
from inference.places import engines_folder
from inference.process import Engine
from inference.releases import VARIANTS, install
from tests.fixtures.releases import Page, packed, serving

OURS = VARIANTS[platform.system(), platform.machine()][-1]
NAME = f"llama-b99999-bin-{OURS}.tar.gz"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    with serving(Page(archives={NAME: packed("exit 1"), "cudart-llama.zip": b""})) as page:
        monkeypatch.setenv("KOTAE_RELEASES", f"{page.url}/latest")
        yield page


def left() -> list[Path]:
    return [path for path in engines_folder().iterdir() if not path.name.endswith(".json")]


@pytest.mark.model
def test_the_archive_for_this_machine_is_fetched_checked_and_tried(
    page: Page, engine: Engine
) -> None:
    library = engine.program.environment.get("LD_LIBRARY_PATH", "")
    command = " ".join(engine.program.command)
    page.archives[NAME] = packed(f'LD_LIBRARY_PATH="{library}" exec {command} "$@"')
    made = install()
    home = engines_folder() / f"b99999-{OURS}"
    assert made.program.file == home / "build" / "bin" / "llama-server"
    assert left() == [home]
    assert made.program.file in [program.file for program in programs.candidates()]
    page.requests.clear()
    assert install() == made
    assert page.requests == ["/latest"]


def test_an_archive_that_does_not_work_here_is_not_kept(page: Page) -> None:
    with pytest.raises(EngineBroken, match="its --help is not llama-server's"):
        install()
    assert left() == []


def test_an_archive_of_another_content_is_never_unpacked(page: Page) -> None:
    page.digests[NAME] = "sha256:" + 64 * "0"
    with pytest.raises(DownloadAltered, match="kotae engine install"):
        install()
    assert left() == []


def test_an_archive_without_a_stated_hash_is_not_there(page: Page) -> None:
    page.digests[NAME] = None
    with pytest.raises(EngineNotFetched, match=r"no archive for .* Install it with: "):
        install()


def test_a_variant_is_taken_by_name(page: Page) -> None:
    with pytest.raises(UnknownVariant, match=f"'win-cuda'.* {OURS}"):
        install("win-cuda")


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("KOTAE_OFFLINE", "1", "KOTAE_OFFLINE is set"),
        ("KOTAE_RELEASES", "http://127.0.0.1:1/latest", "onnect"),
        ("KOTAE_RELEASES", "nonsense", ""),
    ],
)
def test_where_nothing_can_be_fetched_the_package_manager_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(EngineNotFetched, match=f"{why}.*Install it with: ") as caught:
        install()
    assert caught.value.exit_code == 3
