"""Where llama-server keeps prompts that it has read, so that a restart does not read them again."""

import hashlib
import shutil
from pathlib import Path

from inference import gguf
from inference.errors import InferenceError
from inference.places import state_folder, writable

KEPT = 3


def saves_folder(engine: Path, model: Path) -> Path | None:
    """The folder of this very engine and model file; of others the newest few are left.

    None for a model with a sliding window: what llama-server saves of it ends where the window
    begins, one token too late to go on from (unless it was started with --swa-full).
    """
    if _has_window(model):
        return None
    home = writable(state_folder() / "prompts", "KOTAE_STATE_DIR")
    key = "|".join(f"{p}|{p.stat().st_size}|{p.stat().st_mtime_ns}" for p in (engine, model))
    folder = home / hashlib.sha256(key.encode()).hexdigest()[:16]
    others = (other for other in home.iterdir() if other != folder)
    for old in sorted(others, key=lambda other: other.stat().st_mtime)[: -(KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)
    return writable(folder, "KOTAE_STATE_DIR")


def _has_window(model: Path) -> bool:
    try:
        metadata = gguf.read(model).metadata
    except InferenceError:
        return True  # whatever this is, the server will say
    window = f"{metadata.get('general.architecture')}.attention.sliding_window"
    return bool(metadata.get(window))
