"""Settings that were measured on this machine, and when they may be used again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from inference.hardware import processor
from inference.machine import Machine
from inference.measure import Turn
from inference.memory import LoadMode, Placement, memory
from inference.places import state_folder, write_private
from inference.shape import Shape
from inference.speed import missing

RAM_STEP = 1 << 30
OFFLOAD = "GGML_OP_OFFLOAD_MIN_BATCH"


@dataclass(frozen=True, slots=True)
class Knobs:
    """What tuning may turn. `offload_min_batch`: None leaves it to the engine.

    From so many tokens on, a prompt is computed on the GPU, experts in RAM sent along.
    """

    threads: int
    ubatch: int
    cpu_moe_layers: int
    load_mode: LoadMode
    repack: bool
    offload_min_batch: int | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What no flag of the engine can say."""
        return {} if self.offload_min_batch is None else {OFFLOAD: str(self.offload_min_batch)}

    def applied(self, place: Placement) -> Placement:
        """The placement with these settings."""
        flags = {k: v for k, v in asdict(self).items() if k != "offload_min_batch"}
        return replace(place, **flags)

    def changes(self, before: "Knobs") -> dict[str, Any]:
        """The settings that differ, by name."""
        old = asdict(before)
        return {name: value for name, value in asdict(self).items() if value != old[name]}


def knobs_of(place: Placement) -> Knobs:
    """The settings of a placement as it was planned."""
    return Knobs(
        threads=place.threads,
        ubatch=place.ubatch,
        cpu_moe_layers=place.cpu_moe_layers,
        load_mode=place.load_mode,
        repack=place.repack,
    )


@dataclass(frozen=True, slots=True)
class Tuned:
    """The outcome of a tuning: the better settings, both turns of the final, the ceiling.

    `ceiling`: tokens a second that the memory's bandwidth allows. `date`: ISO 8601.
    """

    knobs: Knobs
    untuned: Turn
    turn: Turn
    ceiling: float
    trials: int
    date: str

    @property
    def gain(self) -> float:
        """How much shorter a turn is, as a share of the untuned one; never less than 0."""
        return max(0.0, 1 - self.turn.seconds / self.untuned.seconds)

    @property
    def of_ceiling(self) -> float:
        """The generation's share of the ceiling."""
        return self.turn.generation_rate / self.ceiling if self.ceiling else 0.0


def key(engine: Path, model: Path, machine: Machine, context: int) -> str:
    """What a tuning holds for: this binary, model, processor, GPUs, RAM and context."""
    files = [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in (engine, model)]
    gpus = [(device.title, device.total) for device in machine.devices]
    told = [files, processor(), gpus, round(machine.ram / RAM_STEP), context]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def load(name: str) -> Tuned | None:
    """What was measured for a key; None when nothing was, or by another version of kotae."""
    try:
        told = _all()[name]
        parts = {"knobs": Knobs(**told["knobs"]), "turn": Turn(**told["turn"])}
        return Tuned(**{**told, **parts, "untuned": Turn(**told["untuned"])})
    except (KeyError, TypeError, ValueError):
        return None


def save(name: str, tuned: Tuned) -> None:
    """Remember a tuning."""
    write_private(_file(), json.dumps({**_all(), name: asdict(tuned)}, indent=1))


def tuned_place(
    place: Placement, shape: Shape, machine: Machine, engine: Path, model: Path
) -> tuple[Placement, Mapping[str, str]]:
    """A planned placement with what was measured for it, and the environment that belongs to it.

    As planned where nothing was measured, or where it would not fit now.
    """
    tuned = load(key(engine, model, machine, place.context))
    if tuned is None or not fits(tuned.knobs, place, shape, machine):
        return place, {}
    return tuned.knobs.applied(place), tuned.knobs.environment


def fits(knobs: Knobs, place: Placement, shape: Shape, machine: Machine) -> bool:
    """Whether memory suffices for these settings, as far as it does for the placement's own."""
    tried = knobs.applied(place)
    need, planned = memory(shape, tried, machine), memory(shape, place, machine)
    if tried.device and need.vram_total > max(tried.device.free, planned.vram_total):
        return False
    return missing(machine, need) <= missing(machine, planned)


def _file() -> Path:
    return state_folder() / "tuned.json"


def _all() -> dict[str, dict[str, Any]]:
    try:
        entries: dict[str, dict[str, Any]] = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries
