import pytest

from inference.devices import listed

RAM, RATE = 64 << 30, 90e9
CUDA = """\
Available devices:
  CUDA0: NVIDIA GeForce RTX 4060 Ti (16379 MiB, 15300 MiB free)
  Vulkan0: NVIDIA GeForce RTX 4060 Ti (16379 MiB, 15300 MiB free)
"""
RADEON = """\
ggml_vulkan: Found 1 Vulkan devices:
ggml_vulkan: 0 = AMD Radeon 780M Graphics (RADV PHOENIX) (radv) | uma: 1 | fp16: 1 | warp size: 64
Available devices:
  Vulkan0: AMD Radeon 780M Graphics (RADV PHOENIX) (31995 MiB, 31000 MiB free)
"""
METAL = "Available devices:\n  Metal: Apple M4 Max (98304 MiB, 98303 MiB free)\n"
UNKNOWN = "Available devices:\n  Vulkan0: Some Card 9000 (8192 MiB, 8000 MiB free)\n"
TWO = """\
Available devices:
  CUDA0: NVIDIA GeForce RTX 3090 (24124 MiB, 23000 MiB free)
  CUDA1: NVIDIA GeForce RTX 3090 (24124 MiB, 24000 MiB free)
"""
SOFTWARE = """\
Available devices:
  Vulkan0: llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2048 MiB free)
  RPC0: 127.0.0.1:50052 (24105 MiB, 24105 MiB free)
"""


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (CUDA, [("CUDA0", 15300, False, 288e9)]),
        (RADEON, [("Vulkan0", 31000, True, RATE)]),
        (METAL, [("Metal", 65536, True, 546e9)]),
        (UNKNOWN, [("Vulkan0", 8000, False, 288e9)]),
        (TWO, [("CUDA0", 23000, False, 936e9), ("CUDA1", 24000, False, 936e9)]),
        (SOFTWARE, []),
        ("", []),
    ],
    ids=["one card, two backends", "integrated", "Metal", "unknown", "twins", "software", "none"],
)
def test_devices_are_told_apart_by_their_own_words(told: str, expected: list) -> None:
    found = [(d.name, d.free >> 20, d.shared, d.bandwidth) for d in listed(told, RAM, RATE)]
    assert found == expected
