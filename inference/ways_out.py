"""What a person can do when a model does not fit: the three cheapest ways, the free ones first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from inference.machine import GIB, VISIBLE, Machine, MachineWish, with_wish
from inference.plan import LEAST_CONTEXT, Plan, Wishes, plan
from inference.shape import Shape

MOST = 3
RAM_SIZES, CARD_SIZES = (16, 32, 48, 64, 96, 128, 192, 256), (8, 12, 16, 24, 32, 48, 80)


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way: `amount` is tokens of context, GiB of RAM or GiB on a card, or a model's name."""

    kind: Literal["context", "model", "ram", "card"]
    amount: int | str
    result: Plan


def ways_out(
    poor: Plan, shape: Shape, wishes: Wishes, shapes: Mapping[str, Shape]
) -> tuple[WayOut, ...]:
    """What makes the model, or a smaller one of `shapes`, fit; nothing where it fits already."""
    if poor.verdict == "fits":
        return ()
    ways = _ways(poor, shape, wishes, shapes)
    return tuple(islice((way for way in ways if way.result.verdict == "fits"), MOST))


def _ways(
    poor: Plan, shape: Shape, wishes: Wishes, shapes: Mapping[str, Shape]
) -> Iterator[WayOut]:
    machine = poor.machine
    if (wishes.context or 0) > LEAST_CONTEXT:
        smaller = plan(poor.model, shape, machine, replace(wishes, context=LEAST_CONTEXT))
        yield WayOut("context", LEAST_CONTEXT, smaller)
    yield from _first_that_fits(_smaller_models(shape, machine, wishes, shapes))
    yield from _first_that_fits(
        WayOut("ram", size, plan(poor.model, shape, with_ram(machine, size), wishes))
        for size in RAM_SIZES
        if size * GIB * VISIBLE > machine.ram
    )
    own = max((device.total for device in machine.devices if not device.shared), default=0)
    yield from _first_that_fits(
        WayOut("card", size, plan(poor.model, shape, _with_card(machine, size), wishes))
        for size in CARD_SIZES
        if size * GIB > own
    )


def _smaller_models(
    shape: Shape, machine: Machine, wishes: Wishes, shapes: Mapping[str, Shape]
) -> Iterator[WayOut]:
    by_size = sorted(shapes.items(), key=lambda entry: entry[1].sizes.total, reverse=True)
    for name, other in by_size:
        if other.sizes.total < shape.sizes.total:
            yield WayOut("model", name, plan(name, other, machine, wishes))


def _first_that_fits(ways: Iterator[WayOut]) -> Iterator[WayOut]:
    yield from islice((way for way in ways if way.result.verdict == "fits"), 1)


def with_ram(machine: Machine, gib: float) -> Machine:
    """The same machine with that much RAM; a GPU that shares it has its part of the new one."""
    ram = int(gib * GIB * VISIBLE)
    devices = tuple(
        replace(d, total=d.total * ram // machine.ram, free=d.total * ram // machine.ram)
        if d.shared
        else d
        for d in machine.devices
    )
    used = machine.ram - machine.available
    return replace(machine, ram=ram, available=ram - used, devices=devices)


def _with_card(machine: Machine, gib: int) -> Machine:
    return with_wish(machine, MachineWish(gpu="card", vram=gib))
