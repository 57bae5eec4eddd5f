from dataclasses import replace
from pathlib import Path

import pytest

from inference import tuned
from inference.machine import GIB, Device, Machine, typical
from inference.measure import Turn
from inference.plan import Wishes, plan
from inference.shape import catalogue_shapes
from inference.tuned import Knobs, Tuned, fits, key, knobs_of, tuned_place
from inference.variations import variations

CARD = Device("CUDA0", "RTX 4060 Ti", 16 * GIB, 16 * GIB, shared=False, bandwidth=288e9)
PC = typical(64)
WITH_CARD = replace(PC, devices=(CARD,))
OSS, DENSE = catalogue_shapes()["gpt-oss-120b"], catalogue_shapes()["qwen2.5-coder-1.5b"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An engine and a model."""
    engine, model = tmp_path / "llama-server", tmp_path / "model.gguf"
    engine.write_bytes(b"engine")
    model.write_bytes(b"model")
    return engine, model


def names(machine: Machine, model: str) -> set[str]:
    """The settings that would be varied."""
    shape = catalogue_shapes()[model]
    place = plan(model, shape, machine, Wishes(16384)).place
    tried = variations(place, shape, machine, logical=16)
    assert knobs_of(place) not in tried
    assert all(fits(knobs, place, shape, machine) for knobs in tried)
    return {name for knobs in tried for name in knobs.changes(knobs_of(place))}


def test_only_what_the_machine_and_the_model_have_is_varied() -> None:
    assert names(WITH_CARD, "gpt-oss-120b") >= {"cpu_moe_layers", "offload_min_batch", "threads"}
    assert names(PC, "qwen2.5-coder-1.5b") == {"threads", "ubatch", "load_mode", "repack"}
    assert not names(WITH_CARD, "qwen2.5-coder-1.5b") & {"cpu_moe_layers", "offload_min_batch"}


def test_what_would_not_fit_is_not_tried() -> None:
    place = plan("gpt-oss-120b", OSS, WITH_CARD, Wishes(16384)).place
    on_gpu = replace(knobs_of(place), cpu_moe_layers=0)
    assert not fits(on_gpu, place, OSS, WITH_CARD)


def tuned_to(**changes: object) -> Tuned:
    place = plan("qwen", DENSE, PC, Wishes(8192)).place
    turn = Turn(8.0, 100.0, 10.0)
    knobs = replace(knobs_of(place), **changes)
    return Tuned(knobs, replace(turn, seconds=10.0), turn, 20.0, 7, "2026-11-24")


def test_what_was_measured_is_used_again_on_the_same_machine(files: tuple[Path, Path]) -> None:
    place = plan("qwen", DENSE, PC, Wishes(8192)).place
    found = tuned_to(threads=3, offload_min_batch=256)
    tuned.save(key(*files, PC, 8192), found)
    assert tuned.load(key(*files, PC, 8192)) == found
    better, environment = tuned_place(place, DENSE, PC, *files)
    assert better == replace(place, threads=3)
    assert environment == {"GGML_OP_OFFLOAD_MIN_BATCH": "256"}


def test_another_engine_model_gpu_ram_or_context_is_another_tuning(
    files: tuple[Path, Path],
) -> None:
    engine, model = files
    same = key(engine, model, PC, 8192)
    assert key(engine, model, replace(PC, available=1), 8192) == same
    others = [key(*files, WITH_CARD, 8192), key(*files, typical(96), 8192), key(*files, PC, 4096)]
    model.write_bytes(b"another model")
    others.append(key(*files, PC, 8192))
    engine.write_bytes(b"a newer engine")
    others.append(key(*files, PC, 8192))
    assert len({same, *others}) == 6


def test_without_a_tuning_the_plan_stays_as_it_is(files: tuple[Path, Path]) -> None:
    place = plan("qwen", DENSE, PC, Wishes(8192)).place
    assert tuned_place(place, DENSE, PC, *files) == (place, {})


def test_a_tuning_that_does_not_fit_any_more_is_not_used(files: tuple[Path, Path]) -> None:
    place = plan("gpt-oss-120b", OSS, WITH_CARD, Wishes(16384)).place
    knobs = replace(knobs_of(place), cpu_moe_layers=0)
    tuned.save(key(*files, WITH_CARD, place.context), replace(tuned_to(), knobs=knobs))
    assert tuned_place(place, OSS, WITH_CARD, *files) == (place, {})


@pytest.mark.parametrize("text", ["", "[]", '{"x": {"knobs": 1}}', '{"x": {"later": "version"}}'])
def test_a_file_that_cannot_be_read_means_that_nothing_was_measured(text: str) -> None:
    tuned.save("y", tuned_to())
    tuned._file().write_text(text, encoding="utf-8")
    assert tuned.load("x") is None


def test_a_gain_is_never_less_than_nothing() -> None:
    knobs = Knobs(1, 512, 0, "mmap", False)
    found = Tuned(knobs, Turn(1.0, 1.0, 1.0), Turn(2.0, 1.0, 1.0), 0.0, 1, "2026-11-24")
    assert (found.gain, found.of_ceiling) == (0.0, 0.0)
