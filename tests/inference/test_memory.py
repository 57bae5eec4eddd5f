import csv
from pathlib import Path

import pytest

from inference.machine import Device, MachineWish, typical, with_wish
from inference.memory import (
    MIB,
    Placement,
    gpu_compute,
    host_compute,
    kv_bytes,
    memory,
    weights_in_ram,
    weights_on_gpu,
)
from inference.shape import catalogue_shapes

# What llama-server (build 10434) printed for hollow models on a pretended device, in MiB.
PRINTED = Path(__file__).with_name("printed_memory.csv")
CARD = Device("CUDA0", "Card", 1, 1, shared=False, bandwidth=1.0)
LARGE = catalogue_shapes()["gpt-oss-120b"]


def rows() -> list[dict[str, str]]:
    with PRINTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def place(context: int = 32_768, ubatch: int = 512, layers: int = 36, **extra) -> Placement:
    figures = {"device": CARD, "repack": False, "load_mode": "none", "cache_ram": 0, "threads": 8}
    return Placement(context, ubatch, layers, **{**figures, **extra})


@pytest.mark.parametrize("row", rows(), ids=lambda row: "-".join(list(row.values())[:4]))
def test_memory_is_what_the_engine_prints_within_three_per_cent_or_64_mib(row) -> None:
    shape = catalogue_shapes()[row["model"]]
    placed = place(int(row["context"]), int(row["ubatch"]), int(row["cpu_moe_layers"]))
    gpu = weights_on_gpu(shape, placed.cpu_moe_layers) + kv_bytes(shape, placed)
    gpu += gpu_compute(shape, placed)
    host = weights_in_ram(shape, placed) + host_compute(shape, placed)
    printed_gpu = sum(int(row[f"gpu_{part}"]) for part in ("weights", "kv", "compute"))
    printed_host = int(row["host_weights"]) + int(row["host_compute"])
    assert abs(gpu / MIB - printed_gpu) <= max(64, 0.03 * printed_gpu)
    assert abs(host / MIB - printed_host) <= max(64, 0.03 * printed_host)


@pytest.mark.parametrize(
    ("name", "context", "ubatch", "kv", "compute"),
    [
        ("gpt-oss-120b", 4096, 512, 171, 97),
        ("gpt-oss-120b", 131_072, 2048, 4689, 890),
        ("gpt-oss-20b", 32_768, 512, 786, 125),
        ("gpt-oss-20b", 131_072, 2048, 3126, 890),
    ],
)
def test_without_a_gpu_everything_is_in_ram(name, context, ubatch, kv, compute) -> None:
    shape = catalogue_shapes()[name]
    need = memory(shape, place(context, ubatch, device=None), typical(96))
    assert need.vram == {}
    assert need.ram["weights"] == shape.sizes.total
    assert need.ram["kv"] / MIB == pytest.approx(kv, abs=2)
    assert need.ram["compute"] / MIB == pytest.approx(compute, abs=4)


def test_repacked_experts_stand_apart_and_are_not_counted_twice() -> None:
    plain = memory(LARGE, place(device=None), typical(96))
    repacked = memory(LARGE, place(device=None, repack=True), typical(96))
    assert repacked.ram["repack"] == LARGE.sizes.experts
    assert repacked.ram_total == plain.ram_total
    assert repacked.evictable == 0


def test_what_a_gpu_borrows_from_the_ram_counts_in_the_ram() -> None:
    machine = with_wish(typical(128), MachineWish(gpu="unified"))
    need = memory(LARGE, place(layers=0, device=machine.devices[0]), machine)
    assert need.ram["gpu"] == need.vram_total
    assert "gpu" not in memory(LARGE, place(), typical(96)).ram


def test_weights_are_evictable_only_where_they_are_mapped() -> None:
    assert memory(LARGE, place(), typical(96)).evictable == 0
    mapped = memory(LARGE, place(load_mode="mmap"), typical(96))
    assert mapped.evictable == mapped.ram["weights"]
