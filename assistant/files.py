"""Files that are there whole or not at all."""

import os
from pathlib import Path

PRIVATE = 0o600
"""Read and written by this person alone."""


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Put `content` in place of `path`; whoever reads it, and whatever kills us, finds the old
    file or the new one. `mode` is what a new file gets, less the process's mask. Raises OSError.
    """
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
