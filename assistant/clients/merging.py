"""One entry put into a settings file of another program, which stays whole whatever happens."""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assistant.clients import jsonc
from assistant.clients.entries import NAME, Client, Server, entry, section
from assistant.errors import ClientFileNotParsed, ClientFileUnusable


@dataclass(frozen=True, slots=True)
class Written:
    """The file, and its copy of before; no copy where the file was new or is as it was."""

    path: Path
    backup: Path | None = None
    changed: bool = True


def write(client: Client, server: Server, path: Path) -> Written:
    """Put our entry into the file; nothing else in it changes.

    Raises ClientFileUnusable, ClientFileNotParsed, ClientWithoutHttp.
    """
    ours = entry(client, server)
    target = path.resolve()  # a link stays one
    try:
        before = target.read_bytes() if target.exists() else None
        after = _merged(client, ours, target, before or b"")
        if after == before:
            return Written(path, changed=False)
        target.parent.mkdir(parents=True, exist_ok=True)
        backup = _backed_up(target) if before is not None else None
        _replace(target, after)
    except OSError as error:
        raise ClientFileUnusable(path=path, reason=error.strerror or str(error)) from error
    return Written(path, backup)


def _merged(client: Client, ours: object, path: Path, before: bytes) -> bytes:
    try:
        text = before.decode("utf-8-sig")
        after = jsonc.put(text, (section(client), NAME), ours)
    except UnicodeDecodeError as error:
        raise ClientFileNotParsed(path=path, line=1, problem="not UTF-8", client=client) from error
    except jsonc.NotJson as error:
        slots = {"path": path, "line": error.line, "problem": error.problem}
        raise ClientFileNotParsed(**slots, client=client) from error
    mark = before[:3] if before.startswith(b"\xef\xbb\xbf") else b""
    return mark + after.encode() + (b"" if before else b"\n")


def _backed_up(path: Path) -> Path:
    backup = path.with_name(f"{path.name}.before-kotae")
    shutil.copy2(path, backup)
    return backup


def _replace(path: Path, data: bytes) -> None:
    """In one step; the mode stays, and a new file is its user's alone."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        if path.exists():
            draft.chmod(stat.S_IMODE(path.stat().st_mode))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
