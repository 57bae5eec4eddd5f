"""The bandwidth of this machine's memory: measured in about a second, then remembered."""

import ctypes
import json
import time
from concurrent.futures import ThreadPoolExecutor

from inference.hardware import physical_cores, processor, total_memory
from inference.places import state_folder, write_private

BLOCK_BYTES = 64 << 20  # larger than a core's part of any cache
SECONDS = 0.8
MOST_THREADS = 8


def bandwidth() -> float:
    """Bytes a second that all cores together can read and write."""
    path = state_folder() / "bandwidth.json"
    key = f"{processor()}|{total_memory()}"
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))[key])
    except (OSError, ValueError, KeyError, TypeError):
        measured = measure()
        write_private(path, json.dumps({key: measured}))
        return measured


def measure(seconds: float = SECONDS) -> float:
    """Copy blocks on several cores at once (memmove gives way to other threads); the best round."""
    threads = min(physical_cores(), MOST_THREADS, max(1, total_memory() // (16 * BLOCK_BYTES)))
    blocks = [ctypes.create_string_buffer(BLOCK_BYTES) for _ in range(2 * threads)]
    best, end = 0.0, time.monotonic() + seconds
    with ThreadPoolExecutor(threads) as pool:
        while best == 0.0 or time.monotonic() < end:
            start = time.perf_counter()
            copies = [
                pool.submit(ctypes.memmove, blocks[n], blocks[n + threads], BLOCK_BYTES)
                for n in range(threads)
            ]
            for copy in copies:
                copy.result()
            moved = 2 * threads * BLOCK_BYTES
            best = max(best, moved / (time.perf_counter() - start))
    return best
