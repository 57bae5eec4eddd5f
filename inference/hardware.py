"""What this machine has: memory and processor."""

import hashlib
import platform
import re
from pathlib import Path

import psutil


def total_memory() -> int:
    """Bytes of RAM."""
    return int(psutil.virtual_memory().total)


def physical_cores() -> int:
    """Cores, not counting a core's second thread; at least 1."""
    return int(psutil.cpu_count(logical=False) or psutil.cpu_count() or 1)


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
