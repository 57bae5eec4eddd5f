"""What this machine has: memory and processor."""

import hashlib
import platform
import re
from pathlib import Path

import psutil

CORES_A_SLOT = 2
"""What `make bench-report` shows: on two cores, two slots take longer than one."""


def total_memory() -> int:
    """Bytes of RAM."""
    return int(psutil.virtual_memory().total)


def physical_cores() -> int:
    """Cores, not counting a core's second thread; at least 1."""
    return int(psutil.cpu_count(logical=False) or psutil.cpu_count() or 1)


def slots_worth(wish: int) -> int:
    """As many of the wished slots as the cores feed, at least 1; of two on two cores one waits."""
    return max(1, min(wish, physical_cores() // CORES_A_SLOT))


def processor() -> str:
    """The processor's name and a hash of its instruction sets, to tell one kind from another."""
    described = f"{platform.machine()} {platform.processor()}"
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return described
    facts = dict(re.findall(r"^(model name|flags|Features)\s*:\s*(.*)$", text, re.MULTILINE))
    flags = " ".join(sorted(str(facts.get("flags") or facts.get("Features")).split()))
    return f"{facts.get('model name', described)} {hashlib.sha256(flags.encode()).hexdigest()[:12]}"
