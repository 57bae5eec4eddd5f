"""Which settings are worth a trial on a machine: one change of the plan at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from inference.machine import Machine
from inference.memory import Placement
from inference.shape import Shape
from inference.tuned import Knobs, fits, knobs_of

UBATCHES = (256, 512, 1024, 2048, 4096)
# llama.cpp's own choice is 32: a short tool result then travels with all experts to the GPU.
MIN_BATCHES = (256, 1024)


def variations(place: Placement, shape: Shape, machine: Machine, logical: int) -> list[Knobs]:
    """Every single change that this machine and model allow and that fits in memory.

    `logical` counts the processor's threads.
    """
    untuned = knobs_of(place)
    tried = (replace(untuned, **change) for change in _changes(place, shape, machine, logical))
    return [knobs for knobs in tried if knobs != untuned and fits(knobs, place, shape, machine)]


def _changes(
    place: Placement, shape: Shape, machine: Machine, logical: int
) -> Iterator[dict[str, Any]]:
    fast, cores = machine.performance_cores, machine.cores
    for threads in sorted({fast, cores, logical, fast - 1, (fast + 1) // 2} - {0}):
        yield {"threads": threads}
    for ubatch in UBATCHES:
        if ubatch <= place.context:
            yield {"ubatch": ubatch}
    yield {"load_mode": "none" if place.load_mode == "mmap" else "mmap"}
    if place.device is None:
        yield {"repack": not place.repack}
    elif shape.experts:
        yield from _experts(place, shape)


def _experts(place: Placement, shape: Shape) -> Iterator[dict[str, Any]]:
    """Of models with experts, on a machine with a GPU."""
    for more in (-2, -1, 1, 2):
        if 0 <= place.cpu_moe_layers + more <= shape.layers:
            yield {"cpu_moe_layers": place.cpu_moe_layers + more}
    if place.cpu_moe_layers:
        for tokens in MIN_BATCHES:
            yield {"offload_min_batch": tokens}
