"""Where models and the server's state lie on this machine."""

import errno
import os
from pathlib import Path

import platformdirs

from inference.errors import FolderNotWritable


def writable(folder: Path, variable: str) -> Path:
    """The folder, made if need be; raises FolderNotWritable, which names the variable to set."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        reason = error.strerror or str(error)
        raise FolderNotWritable(folder=folder, reason=reason, variable=variable) from error
    return folder


def models_folder() -> Path:
    """KOTAE_MODELS_DIR, else `kotae/models` in the user's data directory."""
    wish = os.environ.get("KOTAE_MODELS_DIR")
    return Path(wish).expanduser() if wish else platformdirs.user_data_path("kotae") / "models"


def engines_folder() -> Path:
    """KOTAE_ENGINES_DIR, else `kotae/engines` in the user's data directory."""
    wish = os.environ.get("KOTAE_ENGINES_DIR")
    return Path(wish).expanduser() if wish else platformdirs.user_data_path("kotae") / "engines"


def state_folder() -> Path:
    """KOTAE_STATE_DIR, else `kotae` in the user's state directory; private to the user."""
    wish = os.environ.get("KOTAE_STATE_DIR")
    folder = Path(wish).expanduser() if wish else platformdirs.user_state_path("kotae")
    return writable(folder, "KOTAE_STATE_DIR")


def write_private(path: Path, text: str) -> None:
    """Put `text` in place of `path` in one step, readable by this user alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    draft.replace(path)
