"""The system's clipboard, through the program that the system has for it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping

_SECONDS = 5.0


def clipboard_command(environ: Mapping[str, str] = os.environ) -> tuple[str, ...] | None:
    """The program that takes a text for the clipboard of this desktop; None where there is none.

    Over SSH it would fill the clipboard of the wrong machine.
    """
    if "SSH_CONNECTION" in environ:
        return None
    candidates = [
        (sys.platform == "darwin", ("pbcopy",)),
        ("WAYLAND_DISPLAY" in environ, ("wl-copy",)),
        ("DISPLAY" in environ, ("xclip", "-selection", "clipboard")),
        ("DISPLAY" in environ, ("xsel", "--clipboard", "--input")),
        (sys.platform == "win32" or "WSL_DISTRO_NAME" in environ, ("clip.exe",)),
    ]
    path = environ.get("PATH")
    there = (line for wanted, line in candidates if wanted and shutil.which(line[0], path=path))
    return next(there, None)


async def copy_natively(text: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the system's clipboard has the text now."""
    command = clipboard_command(environ)
    if command is None:
        return False
    # clip.exe takes UTF-16 for what it is and anything else for the code page of the console.
    data = text.encode("utf-16") if command[0] == "clip.exe" else text.encode()
    try:
        program = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,  # wl-copy stays behind and would keep it open
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(program.communicate(data), _SECONDS)
    except TimeoutError:
        program.kill()
        await program.wait()
    return program.returncode == 0
