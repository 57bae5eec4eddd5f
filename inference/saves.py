"""Where llama-server keeps prompts that it has read, so that a restart does not read them again."""

import hashlib
import shutil
from pathlib import Path

from inference.places import state_folder, writable

KEPT = 3


def saves_folder(engine: Path, model: Path) -> Path:
    """The folder of this very engine and model file; of others the newest few are left.

    A state means nothing to another model, and cannot be told from its own by the engine.
    """
    home = writable(state_folder() / "prompts", "KOTAE_STATE_DIR")
    key = "|".join(f"{p}|{p.stat().st_size}|{p.stat().st_mtime_ns}" for p in (engine, model))
    folder = home / hashlib.sha256(key.encode()).hexdigest()[:16]
    others = (other for other in home.iterdir() if other != folder)
    for old in sorted(others, key=lambda other: other.stat().st_mtime)[: -(KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)
    return writable(folder, "KOTAE_STATE_DIR")
