import pytest

from inference.buffers import compared, printed
from inference.machine import Device, MachineWish, typical, with_wish
from inference.memory import MIB, Placement, memory
from inference.shape import catalogue_shapes

# Lines of build 10434 at -lv 4 (shortened), and of a build with a card.
CPU = """\
0.00.004.574 I load_tensors:          CPU model buffer size =   586.83 MiB
0.00.004.575 I load_tensors:   CPU_REPACK model buffer size = 58092.00 MiB
0.00.005.402 I llama_context:        CPU  output buffer size =     0.77 MiB
0.00.005.446 I llama_kv_cache:        CPU KV buffer size =   576.00 MiB
0.00.005.797 I llama_kv_cache: size =  576.00 MiB (   512 cells,   2 layers)
0.00.006.593 I sched_reserve:        CPU compute buffer size =    97.51 MiB
"""
CARD = """\
load_tensors:        CUDA0 model buffer size =  1607.00 MiB
load_tensors:    CUDA_Host model buffer size = 58830.00 MiB
llama_kv_cache:      CUDA0 KV buffer size =   1152.00 MiB
sched_reserve:       CUDA0 compute buffer size =   142.00 MiB
sched_reserve:   CUDA_Host compute buffer size =   111.00 MiB
"""


def test_buffers_are_summed_by_the_place_they_lie_in() -> None:
    assert printed(CPU) == pytest.approx({"ram": 586.83 + 58092 + 0.77 + 576 + 97.51, "vram": 0})
    assert printed(CARD) == {"ram": 58941.0, "vram": 2901.0}


def test_the_plan_stands_beside_what_was_printed(tmp_path) -> None:
    log = tmp_path / "log"
    log.write_text(CARD, encoding="utf-8")
    machine = with_wish(typical(96), MachineWish(gpu="card", vram=16))
    device: Device = machine.devices[0]
    place = Placement(32_768, 512, 36, device, False, "none", 0, 8)
    need = memory(catalogue_shapes()["gpt-oss-120b"], place, machine)
    sides = compared(log, need, place)
    assert sides["vram"] == pytest.approx((need.vram_total / MIB - 512, 2901), abs=1)
    for ours, theirs in sides.values():
        assert ours == pytest.approx(theirs, rel=0.05)


def test_a_log_without_buffers_compares_nothing(tmp_path) -> None:
    log = tmp_path / "log"
    log.write_text("loading\n", encoding="utf-8")
    place = Placement(4096, 512, 0, None, False, "mmap", 0, 8)
    need = memory(catalogue_shapes()["gpt-oss-20b"], place, typical(32))
    assert compared(log, need, place) == {}
