from dataclasses import replace

import pytest

from inference.machine import GIB, MachineWish, typical, with_wish
from inference.memory import MIB
from inference.plan import Wishes, plan
from inference.shape import catalogue_shapes
from inference.ways_out import ways_out

SHAPES = catalogue_shapes()


def machine(ram: float, gpu: str = "none", vram: float | None = None):
    return with_wish(typical(ram), MachineWish(ram, vram, gpu))


def planned(model: str, ram: float, gpu: str = "none", vram: float | None = None, **wishes):
    return plan(model, SHAPES[model], machine(ram, gpu, vram), Wishes(**wishes))


# RAM, GPU, own memory; model; verdict; context, ubatch, expert layers in RAM, load mode, repack;
# RAM and VRAM needed in MiB; tokens a second as published (lowest and highest).
MACHINES = [
    pytest.param(
        (64, "integrated", None),
        "gpt-oss-120b",
        ("tight", 16_384, 512, 36, "mmap", False),
        (64_154, 2_524),
        (7.2, 7.2),
        id="64 GB mini PC with a shared GPU",
    ),
    pytest.param(
        (96, "none", None),
        "gpt-oss-120b",
        ("fits", 32_768, 512, 36, "none", True),
        (68_542, 0),
        (13.6, 13.6),
        id="96 GB without a GPU",
    ),
    pytest.param(
        (64, "RTX 4060 Ti", 16),
        "gpt-oss-120b",
        ("fits", 32_768, 2048, 30, "none", False),
        (54_325, 13_633),
        (20, 20),
        id="64 GB with a 16 GB card",
    ),
    pytest.param(
        (96, "RTX 4060 Ti", 16),
        "gpt-oss-120b",
        ("fits", 32_768, 2048, 30, "none", False),
        (56_373, 13_633),
        (20, 20),
        id="96 GB with a 16 GB card",
    ),
    pytest.param(
        (32, "none", None),
        "gpt-oss-20b",
        ("fits", 32_768, 512, 24, "none", True),
        (19_199, 0),
        (20, 20),
        id="32 GB laptop",
    ),
    pytest.param(
        (128, "unified", None),
        "gpt-oss-120b",
        ("fits", 32_768, 2048, 0, "none", False),
        (69_392, 61_824),
        (40, 52),
        id="128 GB of unified memory",
    ),
]


@pytest.mark.parametrize(("box", "model", "choice", "mebibytes", "published"), MACHINES)
def test_the_plan_of_a_known_machine(box, model, choice, mebibytes, published) -> None:
    made = planned(model, *box)
    place = made.place
    assert choice == (
        made.verdict,
        place.context,
        place.ubatch,
        place.cpu_moe_layers,
        place.load_mode,
        place.repack,
    )
    assert made.memory.ram_total / MIB == pytest.approx(mebibytes[0], abs=2)
    assert made.memory.vram_total / MIB == pytest.approx(mebibytes[1], abs=2)
    assert published[0] * 0.65 <= made.speed.predicted <= published[1] * 1.35
    assert made.speed.predicted < made.speed.ceiling


def test_a_dense_model_is_repacked_for_the_processor_and_for_no_gpu() -> None:
    alone, beside = planned("qwen2.5-coder-1.5b", 16), planned("qwen2.5-coder-1.5b", 16, "card", 8)

    assert (alone.verdict, alone.place.repack, alone.memory.evictable) == ("fits", True, 0)
    assert not beside.place.repack


def test_24_gb_do_not_hold_the_large_model_and_the_plan_tells_what_would() -> None:
    poor = planned("gpt-oss-120b", 24)
    assert (poor.verdict, poor.missing // MIB) == ("does not fit", 40_015)
    ways = ways_out(poor, SHAPES["gpt-oss-120b"], Wishes(), SHAPES)
    assert [(w.kind, w.amount) for w in ways] == [
        ("model", "gpt-oss-20b"),
        ("ram", 96),
        ("card", 48),
    ]
    assert all(way.result.verdict == "fits" for way in ways)


def test_a_context_that_is_too_long_is_answered_with_a_shorter_one() -> None:
    wishes = Wishes(context=131_072)
    poor = planned("gpt-oss-20b", 16, context=131_072)
    assert poor.verdict != "fits"
    first = ways_out(poor, SHAPES["gpt-oss-20b"], wishes, SHAPES)[0]
    assert (first.kind, first.amount) == ("context", 16_384)


def test_nothing_is_to_be_done_where_the_model_fits() -> None:
    assert ways_out(planned("gpt-oss-20b", 64), SHAPES["gpt-oss-20b"], Wishes(), SHAPES) == ()


def test_context_comes_before_experts_on_the_gpu() -> None:
    short = planned("gpt-oss-120b", 64, "card", 16, context=4096)
    usual = planned("gpt-oss-120b", 64, "card", 16)
    long = planned("gpt-oss-120b", 64, "card", 16, context=131_072)
    layers = [p.place.cpu_moe_layers for p in (short, usual, long)]
    assert layers == sorted(layers)
    assert layers[0] < layers[2]
    assert long.verdict == "fits"


@pytest.mark.parametrize("model", SHAPES)
@pytest.mark.parametrize("vram", [0, 1, 2, 8, 16, 24, 96])
@pytest.mark.parametrize("ram", [2, 8, 24, 48, 64, 96, 256])
def test_a_plan_never_promises_more_than_there_is(model: str, ram: float, vram: float) -> None:
    box = machine(ram, "card" if vram else "none", vram)
    made = plan(model, SHAPES[model], box)
    if made.place.device:
        assert made.memory.vram_total <= made.place.device.free
    assert (made.verdict == "fits") == (made.memory.ram_total <= box.ram)
    assert made.missing == max(0, made.memory.ram_total - box.ram)


def test_more_ram_never_makes_a_plan_worse() -> None:
    rank = ["does not fit", "tight", "fits"]
    verdicts = [rank.index(planned("gpt-oss-120b", ram).verdict) for ram in range(8, 128, 4)]
    assert verdicts == sorted(verdicts)
    assert set(verdicts) == {0, 1, 2}


def test_a_wish_beyond_the_model_is_cut_to_what_the_model_can() -> None:
    assert planned("gpt-oss-20b", 64, context=1_000_000).place.context == 131_072


def test_every_slot_has_a_context_of_its_own() -> None:
    one, two = (planned("gpt-oss-120b", 96, slots=slots) for slots in (1, 2))
    assert two.place.context == 2 * one.place.context
    assert two.memory.ram["kv"] > one.memory.ram["kv"]
    assert two.memory.ram["checkpoints"] == 2 * one.memory.ram["checkpoints"]


def test_memory_that_other_programs_hold_is_counted() -> None:
    box = machine(64)
    busy = replace(box, available=box.available - 40 * GIB)
    made = plan("gpt-oss-20b", SHAPES["gpt-oss-20b"], busy)
    assert made.memory.ram["others"] + made.memory.ram["system"] == 40 * GIB


def test_a_gpu_is_left_alone_when_a_person_says_so() -> None:
    assert planned("gpt-oss-20b", 64, "card", 16, use_gpu=False).place.device is None
