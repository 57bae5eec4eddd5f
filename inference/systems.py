"""What only the operating system tells about a machine, read in each one's own way."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.machine import Power

COMMAND_SECONDS = 20
# The instruction sets that change the speed of a model.
TELLING = frozenset({"avx", "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni"}) | {
    "amx_int8",
    "f16c",
    "fma",
    "asimddp",
    "i8mm",
    "sve",
}
Run = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """Facts of one system; None where it does not tell.

    `memory_limit` is a container's limit in bytes, `memory_used` what counts against it;
    `gpu_limit` the bytes of RAM that a GPU may take.
    """

    performance_cores: int | None = None
    instructions: frozenset[str] = frozenset()
    power: Power = "unknown"
    memory_limit: int | None = None
    memory_used: int = 0
    gpu_limit: int | None = None


def output_of(command: Sequence[str]) -> str:
    """What a command prints, nothing where it cannot be run."""
    try:
        told = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.decode("utf-8", errors="replace")


def linux(root: Path = Path("/")) -> SystemFacts:
    """From /proc and /sys under `root`."""
    limit, used = _control_group(root)
    return SystemFacts(
        performance_cores=_fast_cores(root),
        instructions=_cpu_flags(_text(root / "proc/cpuinfo")),
        power=_linux_power(root),
        memory_limit=limit,
        memory_used=used,
    )


def macos(run: Run = output_of) -> SystemFacts:
    """From sysctl and pmset."""
    told = run(["sysctl", "hw.perflevel0.physicalcpu", "hw.optional", "iogpu.wired_limit_mb"])
    facts = dict(re.findall(r"^(\S+): (\d+)$", told, re.MULTILINE))
    features = {"hw.optional.arm.FEAT_DotProd": "asimddp", "hw.optional.arm.FEAT_I8MM": "i8mm"}
    features |= {"hw.optional.avx2_0": "avx2", "hw.optional.avx512f": "avx512f"}
    cores, wired = int(facts.get("hw.perflevel0.physicalcpu", 0)), facts.get("iogpu.wired_limit_mb")
    battery = "'Battery Power'" in run(["pmset", "-g", "batt"])
    saver = re.search(r"lowpowermode\s+1", run(["pmset", "-g"])) is not None
    return SystemFacts(
        performance_cores=cores or None,
        instructions=frozenset(n for key, n in features.items() if facts.get(key) == "1"),
        power="battery" if battery else "saver" if saver else "performance",
        gpu_limit=int(wired or 0) * 1024**2 or None,  # 0 stands for the system's own choice
    )


_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WINDOWS_POWER: dict[str, Power] = {
    "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c": "performance",
    "381b4222-f694-41f0-9685-ff5bb260df2e": "balanced",
    "a1841308-3541-4fab-bc81-f71556f20b4a": "saver",
}


def windows(run: Run = output_of) -> SystemFacts:
    """From powercfg and the battery's own word; Windows does not name instruction sets."""
    scheme = re.search(_GUID, run(["powercfg", "/getactivescheme"]))
    query = "Get-CimInstance Win32_Battery | Select-Object BatteryStatus | ConvertTo-Json"
    told = run(["powershell", "-NoProfile", "-Command", query]).strip()
    power = _WINDOWS_POWER.get(scheme[0], "unknown") if scheme else "unknown"
    return SystemFacts(power="battery" if _discharging(told) else power)


def _discharging(told: str) -> bool:
    try:
        batteries = json.loads(told or "[]")
    except ValueError:
        return False
    batteries = batteries if isinstance(batteries, list) else [batteries]
    return any(battery.get("BatteryStatus") == 1 for battery in batteries)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _cpu_flags(cpuinfo: str) -> frozenset[str]:
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    return TELLING & set(flags[1].split()) if flags else frozenset()


def _fast_cores(root: Path) -> int | None:
    """Physical cores of the fast kind on a processor that has two kinds."""
    listed = _text(root / "sys/devices/cpu_core/cpus")
    if not listed:
        return None
    topology = "sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
    return len({_text(root / topology.format(n)) or str(n) for n in _numbers(listed)})


def _numbers(listed: str) -> list[int]:
    """The numbers of a list as the kernel writes it: 0-3,8."""
    ends = [part.split("-") for part in listed.split(",")]
    return [n for first, *last in ends for n in range(int(first), int((last or [first])[0]) + 1)]


def _control_group(root: Path) -> tuple[int | None, int]:
    """The tightest memory limit above this process, and what is used of it."""
    groups = re.search(r"^0::/(.*)$", _text(root / "proc/self/cgroup"), re.MULTILINE)
    top = root / "sys/fs/cgroup"
    folders = [top / "memory"]
    if groups:
        folder = top / groups[1]
        folders = [folder, *[p for p in folder.parents if p.is_relative_to(top)]]
    found = []
    for folder in folders:
        limit = _text(folder / "memory.max") or _text(folder / "memory.limit_in_bytes")
        used = _text(folder / "memory.current") or _text(folder / "memory.usage_in_bytes")
        if limit.isdigit() and int(limit) < 1 << 60:
            found.append((int(limit), int(used) if used.isdigit() else 0))
    return min(found, default=(None, 0))


def _linux_power(root: Path) -> Power:
    supplies = list((root / "sys/class/power_supply").glob("*"))
    mains = [_text(s / "online") for s in supplies if _text(s / "type") == "Mains"]
    if mains and "1" not in mains:
        return "battery"
    profile = _text(root / "sys/firmware/acpi/platform_profile")
    governor = _text(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    match profile or governor:
        case "performance":
            return "performance"
        case "low-power" | "quiet" | "powersave" if profile:
            return "saver"
        case "":
            return "unknown"
        case _:
            return "balanced"
