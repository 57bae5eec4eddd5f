"""How much memory a model takes, line by line, on the GPU and in RAM.

The formulas follow what llama-server itself prints before it allocates; `make bench-plan`
compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inference.machine import Device, Machine
from inference.shape import Shape

MIB = 1 << 20
CELLS = 256  # the KV cache grows in steps of so many tokens
CHECKPOINTS = 32  # kept by llama-server for models with a sliding window
# A driver's own memory and the host side of it: CUDA takes 300 to 700 MiB a card.
DRIVER, SHARED_DRIVER = 512 * MIB, 256 * MIB
SYSTEM_RESERVE = {"Linux": 2560 * MIB, "Windows": 4608 * MIB, "Darwin": 4096 * MIB}

LoadMode = Literal["mmap", "none"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model goes and how it is run; what the flags of the engine say.

    `cpu_moe_layers` counts the layers whose experts lie in RAM; `cache_ram` is in bytes.
    `engine_device` is what the engine is told to use ("none": no GPU), None to leave it the choice.
    """

    context: int
    ubatch: int
    cpu_moe_layers: int
    device: Device | None
    repack: bool
    load_mode: LoadMode
    cache_ram: int
    threads: int
    slots: int = 1
    engine_device: str | None = None

    @property
    def batch(self) -> int:
        """Tokens of a prompt taken at once, of which `ubatch` are computed together."""
        return max(2048, self.ubatch)


def on_cpu(context: int, threads: int) -> Placement:
    """The placement of a model of which nothing is known."""
    return Placement(
        context=context,
        ubatch=min(512, context),
        cpu_moe_layers=0,
        device=None,
        repack=True,
        load_mode="mmap",
        cache_ram=512 * MIB,
        threads=threads,
    )


@dataclass(frozen=True, slots=True)
class Memory:
    """Lines of bytes by name; `evictable` of the RAM may be read from disk again (mmap)."""

    ram: Mapping[str, int]
    vram: Mapping[str, int]
    evictable: int

    @property
    def ram_total(self) -> int:
        """Bytes of RAM in all, what a GPU borrows from it included."""
        return sum(self.ram.values())

    @property
    def vram_total(self) -> int:
        """Bytes on the GPU in all."""
        return sum(self.vram.values())


def memory(shape: Shape, place: Placement, machine: Machine) -> Memory:
    """Every line of memory of a placement on a machine; lines of nothing are left out."""
    on_gpu = _on_gpu(shape, place) if place.device else {}
    weights = weights_in_ram(shape, place)
    ram = {
        "weights": weights,
        "kv": 0 if place.device else kv_bytes(shape, place),
        "compute": host_compute(shape, place),
        "prompt_cache": place.cache_ram,
        "checkpoints": checkpoint_bytes(shape) * place.slots,
        "gpu": sum(on_gpu.values()) if place.device and place.device.shared else 0,
        "system": SYSTEM_RESERVE[machine.system],
        "others": max(0, machine.ram - machine.available - SYSTEM_RESERVE[machine.system]),
    }
    if place.repack:
        ram["weights"] -= shape.sizes.experts
        ram["repack"] = shape.sizes.experts
    evictable = weights if place.load_mode == "mmap" and not place.repack else 0
    return Memory(_some(ram), _some(on_gpu), evictable)


def _some(lines: Mapping[str, int]) -> dict[str, int]:
    return {name: size for name, size in lines.items() if size}


def _on_gpu(shape: Shape, place: Placement) -> dict[str, int]:
    shared = place.device is not None and place.device.shared
    return {
        "weights": weights_on_gpu(shape, place.cpu_moe_layers),
        "kv": kv_bytes(shape, place),
        "compute": gpu_compute(shape, place),
        "driver": SHARED_DRIVER if shared else DRIVER,
    }


def weights_on_gpu(shape: Shape, cpu_moe_layers: int) -> int:
    """Bytes of weights on the GPU; the embedding always stays in RAM."""
    experts = shape.sizes.routed * (shape.layers - cpu_moe_layers) // shape.layers
    return shape.sizes.dense + shape.output_bytes + experts


def weights_in_ram(shape: Shape, place: Placement) -> int:
    """Bytes of weights that the CPU computes with."""
    if place.device is None:
        return shape.sizes.total
    return shape.sizes.embedding + shape.sizes.routed * place.cpu_moe_layers // shape.layers


def kv_bytes_a_token(shape: Shape) -> int:
    """Bytes of keys and values of one token in one layer, in 16 bits."""
    return 2 * 2 * shape.kv_heads * shape.head_dim


def kv_bytes(shape: Shape, place: Placement) -> int:
    """Bytes of the KV cache: all tokens in full layers, the window and a batch in the others."""
    whole = _cells(place.context)
    full = (shape.layers - shape.window_layers) * whole
    return (full + shape.window_layers * _window(shape, place)) * kv_bytes_a_token(shape)


def checkpoint_bytes(shape: Shape) -> int:
    """Bytes of the saved windows with which a conversation can go back."""
    return CHECKPOINTS * shape.window * shape.window_layers * kv_bytes_a_token(shape)


def _cells(tokens: int) -> int:
    return -(-tokens // CELLS) * CELLS


def _window(shape: Shape, place: Placement) -> int:
    return _cells(min(place.context, shape.window * place.slots + place.ubatch))


def _masks(shape: Shape, place: Placement) -> int:
    """Bytes of the attention masks, in 16 bits."""
    window = _window(shape, place) if shape.window_layers else 0
    return 2 * place.ubatch * (_cells(place.context) + window)


def _activations(shape: Shape, place: Placement, rows: float) -> int:
    """Bytes of `rows` activations of the model's width a token, in 32 bits."""
    return round(rows * 4 * shape.width * place.ubatch)


def gpu_compute(shape: Shape, place: Placement) -> int:
    """Bytes of the compute buffer on the GPU.

    The rows were counted from what llama-server reserves: experts pass three rows each; where
    some layers' experts are in RAM, a fourth is copied unless the mask's space serves for it.
    """
    used, masks, layers = shape.used_experts, _masks(shape, place), shape.layers
    attention_only = masks + _activations(shape, place, 7.35)
    if place.cpu_moe_layers == layers or not used:
        return attention_only
    if place.cpu_moe_layers == layers - 1 > 0:
        return max(attention_only, _activations(shape, place, 3 * used + 4))
    copied = used if place.cpu_moe_layers > 1 and place.context > 2 * shape.width else 0
    return masks + _activations(shape, place, 3 * used + copied + 3.4)


def host_compute(shape: Shape, place: Placement) -> int:
    """Bytes of the compute buffer in RAM."""
    masks, used = _masks(shape, place), 3 * shape.used_experts
    if place.device is None:
        return masks + _activations(shape, place, used + 4.4)
    rows = used + 1.9 if place.cpu_moe_layers and used else 2.0
    return masks + _activations(shape, place, rows)
