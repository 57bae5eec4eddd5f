import pytest

from inference.errors import UnknownGpu
from inference.machine import GIB, MachineWish, gpu_titled, typical, with_wish


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("NVIDIA GeForce RTX 4060 Ti", "RTX 4060 Ti"),
        ("NVIDIA GeForce RTX 4060", "RTX 4060"),
        ("AMD Radeon RX 7900 XTX (RADV NAVI31)", "RX 7900 XTX"),
        ("Apple M4 Max", "Apple M4 Max"),
        ("Something else", None),
    ],
)
def test_a_gpu_is_known_by_the_longest_name_in_its_title(title: str, known: str | None) -> None:
    found = gpu_titled(title)
    assert (found.title if found else None) == known


@pytest.mark.parametrize(
    ("wish", "shared", "gib", "rate"),
    [
        (MachineWish(vram=16), False, 15, 288e9),
        (MachineWish(gpu="rtx 3090"), False, 23, 936e9),
        (MachineWish(gpu="RTX 4060 Ti", vram=8), False, 7, 288e9),
        (MachineWish(gpu="integrated"), True, 31, 89.6e9),
        (MachineWish(gpu="unified"), True, 57, 256e9),
        (MachineWish(gpu="Radeon 8060S"), True, 57, 256e9),
        (MachineWish(gpu="integrated", bandwidth=60), True, 31, 60e9),
    ],
)
def test_a_wished_gpu_stands_in_the_machine(wish: MachineWish, shared, gib, rate) -> None:
    (device,) = with_wish(typical(64), wish).devices
    assert (device.shared, device.total // GIB, device.bandwidth) == (shared, gib, rate)


@pytest.mark.parametrize("wish", [MachineWish(gpu="none"), MachineWish(vram=0)])
def test_a_machine_can_be_thought_of_without_its_gpu(wish: MachineWish) -> None:
    machine = with_wish(typical(64), MachineWish(gpu="card"))
    assert with_wish(machine, wish).devices == ()
    assert with_wish(machine, MachineWish()) == machine


def test_an_unknown_gpu_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownGpu) as caught:
        with_wish(typical(64), MachineWish(gpu="RTX 4091"))
    assert caught.value.slots == {"name": "RTX 4091", "nearest": "RTX 4090"}
