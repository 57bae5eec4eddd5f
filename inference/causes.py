"""Why a llama-server ended: told from its exit code, its log and the kernel's count of kills."""

import re
from pathlib import Path

from inference.errors import (
    BuiltForAnotherProcessor,
    InferenceError,
    ServerDied,
    ServerDriverFailed,
    ServerFlagRefused,
    ServerKilled,
    ServerModelUnreadable,
    ServerOutOfMemory,
)

TAIL_LINES = 6
READ_BYTES = 1 << 16
KILLED = 128 + 9
ILLEGAL_INSTRUCTION = (128 + 4, 0xC000001D)
# What llama-server and its backends say; the first that is found names the cause, so that a
# failed allocation is not taken for the unreadable model that it is reported as afterwards.
_SAID: tuple[tuple[type[InferenceError], str], ...] = (
    (
        ServerOutOfMemory,
        r"insufficient memory|out of memory|OutOf(?:Device|Host)Memory|bad_alloc|"
        r"failed to allocate|unable to allocate|cudaMalloc failed|cannot allocate memory",
    ),
    (
        ServerFlagRefused,
        r"error while handling argument|invalid argument: |unknown value for|unknown argument",
    ),
    (
        ServerModelUnreadable,
        r"error loading model|failed to open GGUF|failed to load model|invalid split|"
        r"not within the file bounds|unknown model architecture",
    ),
    (
        ServerDriverFailed,
        r"CUDA error|CUDA driver version is insufficient|no CUDA-capable device|DeviceLost|"
        r"ErrorInitializationFailed|ErrorIncompatibleDriver|ROCm error|hipError|MTLCommand.*failed",
    ),
)
_PREFIX = re.compile(r"^[\d.]+ [EWI] +\S+ +\S+: +")


def cause(model: str, code: int, log: Path, starved: bool) -> InferenceError:
    """The error that tells a person why; `starved`: the kernel killed something for memory."""
    lines = last_lines(log)
    if code in ILLEGAL_INSTRUCTION:
        return BuiltForAnotherProcessor(model=model)
    if code == KILLED and starved:
        return ServerOutOfMemory(model=model, detail="the system ended it")
    if code == KILLED:
        return ServerKilled(model=model)
    for kind, words in _SAID:
        for line in lines:
            if re.search(words, line, re.IGNORECASE):
                return kind(model=model, detail=_PREFIX.sub("", line))
    return ServerDied(model=model, code=code, log=log, tail="\n".join(lines[-TAIL_LINES:]))


def last_lines(log: Path) -> list[str]:
    """The end of a log, without lines that say nothing."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - READ_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return [line.strip() for line in text.splitlines() if re.search(r"\w", line)]


def out_of_memory_kills() -> int:
    """How often the kernel ended a process for lack of memory; 0 where it does not tell."""
    for file, name in (("/proc/vmstat", "oom_kill"), ("/sys/fs/cgroup/memory.events", "oom_kill")):
        try:
            found = re.search(rf"^{name} (\d+)$", Path(file).read_text("utf-8"), re.MULTILINE)
        except OSError:
            continue
        if found:
            return int(found[1])
    return 0
