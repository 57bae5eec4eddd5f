"""The plan: where a model goes on a machine, what it will take and how fast it will be.

Pure: facts of the model, the machine and a person's wishes go in, nothing is measured or
started. Context comes before experts on the GPU: a model that forgets the question is no use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inference.machine import IMAGINED, Device, Machine
from inference.memory import MIB, Memory, Placement, memory
from inference.shape import Shape
from inference.speed import Speed, missing, speed

Verdict = Literal["fits", "tight", "does not fit"]
TARGET_CONTEXT, LEAST_CONTEXT = 32_768, 16_384
# What is given up when memory does not suffice after all: a sixth of the layers, half the context.
RELIEF, SMALL_CONTEXT = 6, 4096
GPU_BATCHES, CPU_BATCH = (2048, 1024, 512), 512
# A GPU is not filled to the brim: a desktop and the driver take their share as they please.
DEVICE_MARGIN = 1024 * MIB
# The part of the weights that may come from disk again and again before it is no use.
TIGHT_SHARE = 0.1
PROMPT_CACHES = tuple(size * MIB for size in (4096, 2048, 1024, 512))
# Repacked experts cannot be given back, so they must not fill the RAM.
REPACK_SPARE = 4096 * MIB


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asks of the plan; None and True leave the choice to us.

    `context` is that of each of the `slots`, which answer at the same time.
    """

    context: int | None = None
    use_gpu: bool = True
    slots: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A placement with everything that follows from it. `missing` is bytes of RAM."""

    model: str
    machine: Machine
    place: Placement
    memory: Memory
    speed: Speed
    verdict: Verdict
    missing: int


def plan(model: str, shape: Shape, machine: Machine, wishes: Wishes | None = None) -> Plan:
    """The best placement: the first that fits, else the smallest one, with its verdict."""
    wishes = wishes or Wishes()
    device = _device(machine) if wishes.use_gpu else None
    chosen: Plan | None = None
    for place in _placements(shape, machine, wishes, device):
        chosen = _judged(model, shape, machine, place)
        if chosen.verdict == "fits":
            return _with_spare_used(chosen, shape)
    assert chosen is not None
    return chosen


def relieved(made: Plan, shape: Shape) -> Plan | None:
    """A plan for the same machine that takes less, for when memory did not suffice after all.

    Experts leave the GPU first, then the context is halved; None where nothing is left to give.
    """
    place = replace(made.place, ubatch=min(512, made.place.ubatch), cache_ram=0)
    if place.device and place.cpu_moe_layers < shape.layers and shape.experts:
        more = max(2, shape.layers // RELIEF)
        place = replace(place, cpu_moe_layers=min(shape.layers, place.cpu_moe_layers + more))
    elif place.context > SMALL_CONTEXT:
        place = replace(place, context=max(SMALL_CONTEXT, place.context // 2))
    else:
        return None
    return _judged(made.model, shape, made.machine, place)


def _device(machine: Machine) -> Device | None:
    """The GPU with the most memory of its own, else the one that shares the RAM."""
    return max(machine.devices, key=lambda d: (not d.shared, d.free), default=None)


def contexts(shape: Shape, wishes: Wishes) -> Sequence[int]:
    """The contexts to be tried, of all slots together, the best first; a wish stands alone."""
    wanted = (TARGET_CONTEXT, LEAST_CONTEXT) if wishes.context is None else (wishes.context,)
    return tuple(dict.fromkeys(wishes.slots * min(size, shape.context) for size in wanted))


def _placements(
    shape: Shape, machine: Machine, wishes: Wishes, device: Device | None
) -> Iterator[Placement]:
    """From the best to the most modest: on the GPU and then in RAM alone, by context."""
    sizes = contexts(shape, wishes)
    layers = shape.layers if shape.experts else 0
    in_ram = replace(_place(machine, None, wishes), cpu_moe_layers=layers, load_mode="mmap")
    on_device = _place(machine, device, wishes)
    for context in sizes if device else ():
        for ubatch in GPU_BATCHES:
            yield from _on_device(shape, machine, _sized(on_device, context, ubatch))
    for context in sizes:
        yield _sized(in_ram, context, CPU_BATCH)
    modest = replace(_sized(on_device, sizes[-1], GPU_BATCHES[-1]), load_mode="mmap")
    if device and device.shared:
        # Shared memory that is too small for copies: experts stay in the file, read as needed.
        modest = replace(modest, cpu_moe_layers=layers)
        if _holds(shape, machine, modest):
            yield modest
    elif device:
        yield from _on_device(shape, machine, modest)


def _on_device(shape: Shape, machine: Machine, place: Placement) -> Iterator[Placement]:
    """With as many layers' experts on the device as it holds."""
    most = shape.layers if shape.experts else 0
    for layers in range(most + 1):
        tried = replace(place, cpu_moe_layers=layers)
        if _holds(shape, machine, tried):
            yield tried
            return


def _holds(shape: Shape, machine: Machine, place: Placement) -> bool:
    """Whether the device has the room."""
    assert place.device is not None
    return memory(shape, place, machine).vram_total + DEVICE_MARGIN <= place.device.free


def _sized(place: Placement, context: int, ubatch: int) -> Placement:
    return replace(place, context=context, ubatch=min(ubatch, context))


def _place(machine: Machine, device: Device | None, wishes: Wishes) -> Placement:
    return Placement(
        context=LEAST_CONTEXT,
        ubatch=CPU_BATCH,
        cpu_moe_layers=0,
        device=device,
        repack=False,
        load_mode="none",
        cache_ram=0,
        threads=machine.performance_cores,
        slots=wishes.slots,
        engine_device=_engine_device(machine, device),
    )


def _engine_device(machine: Machine, device: Device | None) -> str | None:
    """What an engine that has GPUs must be told, or it would use them all."""
    if all(known.name == IMAGINED for known in machine.devices):
        return None
    return device.name if device else "none"


def _judged(model: str, shape: Shape, machine: Machine, place: Placement) -> Plan:
    need = memory(shape, place, machine)
    short = missing(machine, need)
    return Plan(
        model=model,
        machine=machine,
        place=place,
        memory=need,
        speed=speed(shape, place, machine, need),
        verdict=_verdict(short, need),
        missing=short,
    )


def _verdict(short: int, need: Memory) -> Verdict:
    if not short:
        return "fits"
    return "tight" if short <= need.evictable * TIGHT_SHARE else "does not fit"


def _with_spare_used(fitting: Plan, shape: Shape) -> Plan:
    """Memory that is left over serves speed: repacked weights, then a cache of prompts."""
    place, machine = fitting.place, fitting.machine
    spare = machine.ram - fitting.memory.ram_total
    if place.device is None and not shape.experts:  # all of it is read for every token anyway
        place = replace(place, repack=True)
    elif place.device is None and shape.types.get("experts") == "MXFP4" and spare >= REPACK_SPARE:
        place = replace(place, repack=True, load_mode="none")
    cache = next((size for size in PROMPT_CACHES if 4 * size <= spare), 0)
    place = replace(place, cache_ram=cache)
    return _judged(fitting.model, shape, machine, place)
