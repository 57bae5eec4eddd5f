"""Look at this machine: everything that the plan needs to know of it."""

import platform
import shutil
from dataclasses import replace

import psutil

from inference import systems
from inference.bandwidth import bandwidth
from inference.devices import listed
from inference.engine import device_list
from inference.hardware import physical_cores, total_memory
from inference.machine import Machine, System
from inference.places import models_folder
from inference.process import Engine


def survey(engine: Engine | None) -> Machine:
    """This machine; without an engine no GPU is known."""
    facts = _facts()
    ram, available = total_memory(), int(psutil.virtual_memory().available)
    if facts.memory_limit is not None and facts.memory_limit < ram:
        ram = facts.memory_limit
        available = min(available, max(0, ram - facts.memory_used))
    speed, cores = bandwidth(), physical_cores()
    devices = listed(device_list(engine), ram, speed) if engine else ()
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
