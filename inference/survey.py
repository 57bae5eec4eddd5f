"""Look at this machine: everything that the plan needs to know of it."""

import platform
import shutil
from dataclasses import replace

import psutil

from inference import systems
from inference.bandwidth import bandwidth
from inference.devices import listed
from inference.engine import device_list, find_engine
from inference.errors import NoEngine
from inference.hardware import physical_cores, total_memory
from inference.machine import Machine, MachineWish, System, typical, with_wish
from inference.places import models_folder
from inference.process import Engine
from inference.progress import OnProgress, unheard


def machine_wished(
    wish: MachineWish, on_progress: OnProgress = unheard
) -> tuple[Machine, frozenset[str] | None]:
    """The machine that a person means, and the flags of its engine where it is this one.

    Nothing of this machine is looked at for another one. A machine without an engine can be
    planned all the same.
    """
    if wish.ram is not None:
        return with_wish(typical(wish.ram), wish), None
    try:
        engine = find_engine(None, on_progress)
    except NoEngine:
        return with_wish(survey(None), wish), None
    return with_wish(survey(engine, on_progress), wish), engine.flags


def survey(engine: Engine | None, on_progress: OnProgress = unheard) -> Machine:
    """This machine; without an engine no GPU is known."""
    facts = _facts()
    ram, available = total_memory(), int(psutil.virtual_memory().available)
    if facts.memory_limit is not None and facts.memory_limit < ram:
        ram = facts.memory_limit
        available = min(available, max(0, ram - facts.memory_used))
    speed, cores = bandwidth(), physical_cores()
    devices = listed(device_list(engine, on_progress), ram, speed) if engine else ()
    if facts.gpu_limit:
        devices = tuple(replace(d, free=min(d.free, facts.gpu_limit)) for d in devices)
    folder = models_folder()
    while not folder.exists():
        folder = folder.parent
    return Machine(
        system=_system(),
        ram=ram,
        available=available,
        swap=int(psutil.swap_memory().total),
        cores=cores,
        performance_cores=min(cores, facts.performance_cores or cores),
        instructions=facts.instructions,
        bandwidth=speed,
        devices=devices,
        power=facts.power,
        disk_free=shutil.disk_usage(folder).free,
    )


def _facts() -> systems.SystemFacts:
    match platform.system():
        case "Darwin":
            return systems.macos()
        case "Windows":
            return systems.windows()
        case _:
            return systems.linux()


def _system() -> System:
    match platform.system():
        case "Darwin":
            return "Darwin"
        case "Windows":
            return "Windows"
        case _:
            return "Linux"
