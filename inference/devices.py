"""The GPUs as the engine itself lists them."""

import re
from dataclasses import replace

from inference.machine import CARD_BANDWIDTH, Device, gpu_titled

MIB = 1 << 20
_LISTED = re.compile(r"^\s+(\w+): (.+) \((\d+) MiB, (\d+) MiB free\)\s*$", re.MULTILINE)
# The Vulkan backend says of each device whether it has unified memory (uma).
_UNIFIED = re.compile(r"^ggml_vulkan: (\d+) = .*\| uma: ([01]) ", re.MULTILINE)
_INTEGRATED = re.compile(
    r"Radeon(?: \d{3}M| 80[456]0S| Graphics| Vega)|Intel.*(?:UHD|Iris|Graphics)|Apple|GB10|Orin"
)
# Software that pretends to be a GPU, and other machines: neither is a place for a model here.
_NO_GPU = re.compile(r"llvmpipe|lavapipe|SwiftShader|^RPC|^BLAS", re.IGNORECASE)


def listed(told: str, ram: int, bandwidth: float) -> tuple[Device, ...]:
    """The devices in the output of --list-devices; `ram` and `bandwidth` are the machine's.

    A GPU that two backends list counts once, by the first.
    """
    unified = {f"Vulkan{n}": flag == "1" for n, flag in _UNIFIED.findall(told)}
    found: dict[str, Device] = {}
    for name, title, total, free in _LISTED.findall(told):
        if _NO_GPU.search(title) or _NO_GPU.search(name):
            continue
        known = gpu_titled(title)
        integrated = known.memory_gib == 0 if known else _INTEGRATED.search(title) is not None
        shared = unified.get(name, integrated)
        rate = known.bandwidth * 1e9 if known else 0.0
        device = Device(
            name=name,
            title=title,
            total=int(total) * MIB,
            free=int(free) * MIB,
            shared=shared,
            bandwidth=rate or (bandwidth if shared else CARD_BANDWIDTH),
        )
        if shared:
            device = replace(device, free=min(device.free, ram))
        # Two cards of one kind have names of one backend; two backends name one card twice.
        backend = re.sub(r"\d+$", "", name)
        if all(d.title != title or re.sub(r"\d+$", "", d.name) == backend for d in found.values()):
            found[name] = device
    return tuple(found.values())
