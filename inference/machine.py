"""A machine as the plan sees it: this one, or one that a person thinks of buying."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from inference.errors import UnknownGpu

GIB = 1 << 30
# Two channels of DDR5-5600, what a PC of today has.
TYPICAL_BANDWIDTH = 89.6e9
# Own graphics memory of a card that the table does not know.
CARD_BANDWIDTH = 288e9
# What firmware and kernel leave of the memory that is written on the box.
VISIBLE = 0.97
# An integrated GPU may take half of the RAM; where RAM is made for it, nearly all.
INTEGRATED_SHARE, UNIFIED_SHARE = 0.5, 0.92
# The name of a GPU that is planned with but is not in this machine.
IMAGINED = "GPU0"

Power = Literal["performance", "balanced", "saver", "battery", "unknown"]
System = Literal["Linux", "Windows", "Darwin"]


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU. `name` is the engine's, `title` the maker's; bytes, and bytes a second.

    `shared`: its memory is the machine's RAM and must not be counted twice.
    """

    name: str
    title: str
    total: int
    free: int
    shared: bool
    bandwidth: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where a model goes. Memory in bytes, bandwidth in bytes a second.

    `ram` is what this process may use, a container's limit included. `cores` are physical;
    `performance_cores` those of the fast kind, all of them where there is one kind.
    `assumed`: the figures stand for a machine of that size, nothing was measured.
    """

    system: System
    ram: int
    available: int
    swap: int
    cores: int
    performance_cores: int
    instructions: frozenset[str]
    bandwidth: float
    devices: tuple[Device, ...] = ()
    power: Power = "unknown"
    disk_free: int = 0
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class KnownGpu:
    """A GPU of the table: GiB of own memory, 0 where it uses the RAM; GB/s, 0 for the RAM's."""

    title: str
    memory_gib: int
    bandwidth: float


@cache
def known_gpus() -> Mapping[str, KnownGpu]:
    """GPUs by their name in lower case."""
    text = files("inference").joinpath("gpus.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    gpus = (KnownGpu(title, *figures) for title, figures in table.items())
    return MappingProxyType({gpu.title.lower(): gpu for gpu in gpus})


def gpu_titled(title: str) -> KnownGpu | None:
    """The entry whose name stands in a device's title, the longest one."""
    words = title.lower()
    found = [gpu for name, gpu in known_gpus().items() if name in words]
    return max(found, key=lambda gpu: len(gpu.title), default=None)


@dataclass(frozen=True, slots=True)
class MachineWish:
    """What a person says about a machine: GiB, GB/s, a GPU by name, None for "as it is".

    `gpu` is a name of the table, "integrated" (uses half of the RAM), "unified" (RAM made for
    the GPU, 256 GB/s), "card" (some card) or "none". `vram` alone means "card".
    """

    ram: float | None = None
    vram: float | None = None
    gpu: str | None = None
    bandwidth: float | None = None


def with_wish(machine: Machine, wish: MachineWish) -> Machine:
    """The machine, changed as wished; raises UnknownGpu with the nearest name."""
    if wish.bandwidth is not None:
        machine = replace(machine, bandwidth=wish.bandwidth * 1e9)
    if wish.gpu is None and not wish.vram:
        return replace(machine, devices=()) if wish.vram == 0 else machine
    devices = _devices(machine, wish.gpu or "card", wish.vram)
    shared = [device for device in devices if device.shared]
    bandwidth = max([machine.bandwidth, *(device.bandwidth for device in shared)])
    return replace(machine, devices=devices, bandwidth=bandwidth)


def typical(ram_gib: float) -> Machine:
    """A PC of today with that much RAM and no GPU."""
    ram = int(ram_gib * GIB * VISIBLE)
    return Machine(
        system="Linux",
        ram=ram,
        available=ram,
        swap=0,
        cores=8,
        performance_cores=8,
        instructions=frozenset({"avx2", "avx512f"}),
        bandwidth=TYPICAL_BANDWIDTH,
        assumed=True,
    )


def _devices(machine: Machine, name: str, vram: float | None) -> tuple[Device, ...]:
    match name.lower():
        case "none":
            return ()
        case "integrated":
            return (_shared(machine, name, INTEGRATED_SHARE, machine.bandwidth),)
        case "unified":
            return (_shared(machine, name, UNIFIED_SHARE, 256e9),)
        case "card":
            return (_card(name, vram or 16, CARD_BANDWIDTH),)
    gpu = _known(name)
    if not gpu.memory_gib:
        share = UNIFIED_SHARE if gpu.bandwidth else INTEGRATED_SHARE
        return (_shared(machine, gpu.title, share, gpu.bandwidth * 1e9 or machine.bandwidth),)
    return (_card(gpu.title, vram or gpu.memory_gib, gpu.bandwidth * 1e9),)


def _known(name: str) -> KnownGpu:
    if gpu := gpu_titled(name):
        return gpu
    names = [*known_gpus(), "none", "card", "integrated", "unified"]
    nearest = get_close_matches(name.lower(), names, n=1, cutoff=0.0)[0]
    found = known_gpus().get(nearest)
    raise UnknownGpu(name=name, nearest=found.title if found else nearest)


def _shared(machine: Machine, title: str, share: float, bandwidth: float) -> Device:
    size = int(machine.ram * share)
    return Device(IMAGINED, title, size, size, shared=True, bandwidth=bandwidth)


def _card(title: str, gib: float, bandwidth: float) -> Device:
    # A card lists a few per cent less than its box says, and the desktop takes some.
    size = int(gib * GIB * 0.96)
    return Device(IMAGINED, title, size, size, shared=False, bandwidth=bandwidth)
