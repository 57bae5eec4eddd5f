"""The memory that llama-server prints while it loads, beside what the plan predicted."""

import re
from collections.abc import Mapping
from pathlib import Path

from inference.memory import MIB, Memory, Placement

_BUFFER = re.compile(r": +(\S+) +(model|output|KV|RS|compute) buffer size = +([\d.]+) MiB")
_IN_RAM = re.compile(r"^CPU|_Host$")
SIDES = {"ram": ("weights", "repack", "kv", "compute"), "vram": ("weights", "kv", "compute")}


def compared(log: Path, memory: Memory, place: Placement) -> dict[str, tuple[float, float]]:
    """MiB as predicted and as printed, by side (ram, vram); empty where nothing was printed.

    Weights that are mapped from a file and only partly used are printed as the span they lie
    in; that side is left out.
    """
    told = printed(log.read_text(encoding="utf-8", errors="replace"))
    lines: Mapping[str, Mapping[str, int]] = {"ram": memory.ram, "vram": memory.vram}
    spans = place.load_mode == "mmap" and place.device is not None
    return {
        side: (sum(lines[side].get(name, 0) for name in names) / MIB, told[side])
        for side, names in SIDES.items()
        if told[side] and not (side == "ram" and spans)
    }


def printed(text: str) -> dict[str, float]:
    """MiB by side, summed over all buffers that a log tells of."""
    found = dict.fromkeys(SIDES, 0.0)
    for name, _, size in _BUFFER.findall(text):
        found["ram" if _IN_RAM.search(name) else "vram"] += float(size)
    return found
