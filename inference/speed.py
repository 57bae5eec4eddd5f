"""How fast a placement can be: what bandwidth allows, and what programs reach of it."""

from dataclasses import dataclass

from inference.machine import Machine
from inference.memory import Memory, Placement, kv_bytes_a_token
from inference.shape import Shape

# Shares of the bandwidth that llama-server reaches, from published runs. Where CPU and an
# integrated GPU take turns on the same RAM, each hand-over costs.
CPU_SHARE, TAKING_TURNS = 0.55, 0.45
CARD_SHARE, SHARED_GPU_SHARE = 0.5, 0.70
# Weights that RAM cannot hold are read again page by page, far below the disk's best speed.
PAGING_BANDWIDTH = 0.5e9
# Host experts travel to a card in every batch of a prompt (8 lanes of the fourth generation).
LINK_BANDWIDTH = 12e9
# A GPU computes a prompt about so many times faster than it writes an answer.
PROMPT_GAIN = 6
FLOPS_A_CORE = {"avx512f": 100e9, "avx2": 50e9}
OTHER_FLOPS_A_CORE = 25e9
# What a conversation about a database holds when an answer is written.
USUAL_CONTEXT = 4096


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second: of an answer as predicted and at best, and of a prompt."""

    predicted: float
    ceiling: float
    prompt: float


def speed(shape: Shape, place: Placement, machine: Machine, need: Memory) -> Speed:
    """What to expect of a placement on a machine."""
    on_cpu, on_gpu = _read_a_token(shape, place)
    ram = machine.bandwidth
    if place.device is None:
        return Speed(
            predicted=1 / (on_cpu / (ram * CPU_SHARE) + _paging(shape, machine, need)),
            ceiling=ram / on_cpu,
            prompt=cpu_prompt(shape, machine),
        )
    gpu, shared = place.device.bandwidth, place.device.shared
    cpu_share = TAKING_TURNS if shared else CPU_SHARE
    gpu_share = SHARED_GPU_SHARE if shared and not on_cpu else CARD_SHARE
    seconds = on_cpu / (ram * cpu_share) + on_gpu / (gpu * gpu_share)
    return Speed(
        predicted=1 / (seconds + _paging(shape, machine, need)),
        ceiling=1 / (on_cpu / ram + on_gpu / gpu),
        prompt=_gpu_prompt(shape, place, on_cpu + on_gpu),
    )


def missing(machine: Machine, need: Memory) -> int:
    """Bytes that RAM cannot hold."""
    return max(0, need.ram_total - machine.ram)


def _read_a_token(shape: Shape, place: Placement) -> tuple[float, float]:
    """Bytes that the CPU and the GPU read for one token of an answer."""
    experts = shape.sizes.routed * shape.used_share
    tokens = min(place.context, USUAL_CONTEXT)
    seen = (shape.layers - shape.window_layers) * tokens
    seen += shape.window_layers * min(shape.window, tokens)
    rest = shape.sizes.dense + shape.output_bytes + seen * kv_bytes_a_token(shape)
    if place.device is None:
        return experts + rest, 0.0
    in_ram = experts * place.cpu_moe_layers / shape.layers
    return in_ram, experts - in_ram + rest


def _paging(shape: Shape, machine: Machine, need: Memory) -> float:
    """Seconds a token that weights come from disk."""
    short = missing(machine, need)
    if not short:
        return 0.0
    share = min(1.0, short / need.evictable) if need.evictable else 1.0
    read = shape.sizes.routed * shape.used_share or shape.sizes.dense
    return share * read / PAGING_BANDWIDTH


def cpu_prompt(shape: Shape, machine: Machine) -> float:
    """Tokens a second that the cores take in."""
    known = (flops for name, flops in FLOPS_A_CORE.items() if name in machine.instructions)
    flops = next(known, OTHER_FLOPS_A_CORE) * machine.performance_cores
    return flops / (2 * shape.active_parameters)


def _gpu_prompt(shape: Shape, place: Placement, bytes_a_token: float) -> float:
    """Tokens a second: one batch after another, host experts sent along with each."""
    assert place.device is not None
    link = place.device.bandwidth / 2 if place.device.shared else LINK_BANDWIDTH
    travel = shape.sizes.routed * place.cpu_moe_layers / shape.layers / link
    compute = place.ubatch * bytes_a_token / (place.device.bandwidth * PROMPT_GAIN)
    return place.ubatch / (travel + compute)
