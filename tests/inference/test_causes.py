from pathlib import Path

import pytest

from inference.causes import cause
from inference.errors import (
    BuiltForAnotherProcessor,
    ServerDied,
    ServerDriverFailed,
    ServerFlagRefused,
    ServerKilled,
    ServerModelUnreadable,
    ServerOutOfMemory,
)

# What build 10434 printed when it was made to fail in each way, and (CUDA, Vulkan) what its source
# prints.
STARVED = """\
0.00.011.623 E ggml_aligned_malloc: insufficient memory (attempted to allocate 60438.47 MB)
0.00.011.633 E ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 6337432
0.00.012.369 E llama_model_load: error loading model: unable to allocate CPU buffer
0.00.012.961 E srv  llama_server: exiting due to model loading error
"""
FLAG = (
    "error while handling argument \"-fa\": error: unknown value for --flash-attn: '--n-cpu-moe'\n"
)
TRUNCATED = """\
0.00.003.931 E llama_model_load: error loading model: tensor 'blk.0.ffn_gate.weight' data is not \
within the file bounds, model is corrupted or incomplete
0.00.004.378 E srv  llama_server: exiting due to model loading error
"""
CUDA_STARVED = "ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory\n"
DRIVER = "CUDA error: CUDA driver version is insufficient for CUDA runtime version\n"
LOST = "terminate called after throwing an instance of 'vk::DeviceLostError'\n"


@pytest.mark.parametrize(
    ("code", "text", "starved", "error", "words"),
    [
        (1, STARVED, False, ServerOutOfMemory, "attempted to allocate 60438.47 MB"),
        (1, CUDA_STARVED, False, ServerOutOfMemory, "cudaMalloc failed"),
        (137, "loading\n", True, ServerOutOfMemory, "the system ended it"),
        (137, "loading\n", False, ServerKilled, "signal 9"),
        (1, FLAG, False, ServerFlagRefused, "unknown value for --flash-attn"),
        (1, "error: invalid argument: --bogus\n", False, ServerFlagRefused, "--bogus"),
        (1, TRUNCATED, False, ServerModelUnreadable, "blk.0.ffn_gate.weight"),
        (1, DRIVER, False, ServerDriverFailed, "driver version is insufficient"),
        (134, LOST, False, ServerDriverFailed, "DeviceLost"),
        (132, "", False, BuiltForAnotherProcessor, "illegal instruction"),
        (7, "something\nelse\n", False, ServerDied, "exit code 7.*something\nelse"),
        (7, "", False, ServerDied, "exit code 7"),
    ],
)
def test_each_end_has_its_own_error(
    tmp_path: Path, code: int, text: str, starved: bool, error: type[Exception], words: str
) -> None:
    log = tmp_path / "log"
    log.write_text(text, encoding="utf-8")
    told = cause("x", code, log, starved)
    assert type(told) is error
    with pytest.raises(error, match=f"(?s){words}"):
        raise told


def test_only_the_end_of_a_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("out of memory\n" + "fine\n" * 20_000, encoding="utf-8")
    assert isinstance(cause("x", 1, log, False), ServerDied)
