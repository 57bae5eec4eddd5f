from pathlib import Path

import pytest

from inference.systems import linux, macos, windows

CPUINFO = "model name\t: Some CPU\nflags\t\t: fpu sse avx avx2 fma avx_vnni\n"
HYBRID = {
    "sys/devices/cpu_core/cpus": "0-3,6",
    "sys/devices/system/cpu/cpu0/topology/thread_siblings_list": "0-1",
    "sys/devices/system/cpu/cpu1/topology/thread_siblings_list": "0-1",
    "sys/devices/system/cpu/cpu2/topology/thread_siblings_list": "2-3",
    "sys/devices/system/cpu/cpu3/topology/thread_siblings_list": "2-3",
}
SYSCTL = """\
hw.perflevel0.physicalcpu: 12
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_I8MM: 0
iogpu.wired_limit_mb: 98304
"""


def tree(root: Path, files: dict[str, str]) -> Path:
    """The files as a kernel shows them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return root


def test_linux_tells_fast_cores_and_instruction_sets(tmp_path: Path) -> None:
    facts = linux(tree(tmp_path, {"proc/cpuinfo": CPUINFO, **HYBRID}))
    assert facts.performance_cores == 3
    assert facts.instructions == {"avx", "avx2", "fma", "avx_vnni"}


def test_linux_without_any_of_it_tells_nothing(tmp_path: Path) -> None:
    facts = linux(tmp_path)
    assert (facts.performance_cores, facts.power, facts.memory_limit) == (None, "unknown", None)


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (
            {
                "proc/self/cgroup": "0::/a/b",
                "sys/fs/cgroup/a/memory.max": "1000",
                "sys/fs/cgroup/a/memory.current": "400",
                "sys/fs/cgroup/a/b/memory.max": "max",
            },
            (1000, 400),
        ),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "max"}, (None, 0)),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "500"}, (500, 0)),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, (None, 0)),
    ],
    ids=["a parent's limit", "no limit", "version 1", "version 1 without"],
)
def test_a_container_is_held_to_its_limit(tmp_path: Path, files, limit) -> None:
    facts = linux(tree(tmp_path, files))
    assert (facts.memory_limit, facts.memory_used) == limit


@pytest.mark.parametrize(
    ("files", "power"),
    [
        ({"AC/type": "Mains", "AC/online": "0", "BAT0/type": "Battery"}, "battery"),
        ({"AC/type": "Mains", "AC/online": "1", "BAT0/type": "Battery"}, "unknown"),
    ],
)
def test_a_laptop_off_the_mains_runs_on_battery(tmp_path: Path, files, power) -> None:
    named = {f"sys/class/power_supply/{name}": text for name, text in files.items()}
    assert linux(tree(tmp_path, named)).power == power


@pytest.mark.parametrize(
    ("profile", "power"),
    [("performance", "performance"), ("balanced", "balanced"), ("low-power", "saver")],
)
def test_the_power_profile_is_read(tmp_path: Path, profile: str, power: str) -> None:
    files = {"sys/firmware/acpi/platform_profile": profile}
    assert linux(tree(tmp_path, files)).power == power


def test_macos_tells_fast_cores_and_what_the_gpu_may_take() -> None:
    told = {"sysctl": SYSCTL, "-g batt": "Now drawing from 'Battery Power'", "-g": ""}
    facts = macos(lambda command: told[" ".join(command[1:]) if "pmset" in command else "sysctl"])
    assert (facts.performance_cores, facts.power) == (12, "battery")
    assert facts.instructions == {"asimddp"}
    assert facts.gpu_limit == 98304 * 1024**2


def test_macos_on_the_mains_with_its_own_limit() -> None:
    told = {"sysctl": "iogpu.wired_limit_mb: 0", "-g batt": "'AC Power'", "-g": "lowpowermode 1"}
    facts = macos(lambda command: told[" ".join(command[1:]) if "pmset" in command else "sysctl"])
    assert (facts.gpu_limit, facts.power, facts.performance_cores) == (None, "saver", None)


@pytest.mark.parametrize(
    ("scheme", "battery", "power"),
    [
        ("8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c  (High performance)", "", "performance"),
        ("381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)", '{"BatteryStatus": 2}', "balanced"),
        ("381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)", '{"BatteryStatus": 1}', "battery"),
        ("00000000-0000-0000-0000-000000000000  (Mine)", "not JSON", "unknown"),
    ],
)
def test_windows_tells_its_power_scheme(scheme: str, battery: str, power: str) -> None:
    told = {"powercfg": f"Power Scheme GUID: {scheme}", "powershell": battery}
    assert windows(lambda command: told[command[0]]).power == power
