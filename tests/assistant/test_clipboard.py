import os
from pathlib import Path

import pytest

from assistant.clipboard import clipboard_command, copy_natively

TEXT = "東京都\t12,345\n"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs in which a xclip writes what it is given to a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "xclip"
    program.write_text(f'#!/bin/sh\ncat > "{tmp_path}/clipboard"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{folder}{os.pathsep}{os.defpath}", **more}


async def test_the_desktop_clipboard_gets_the_text_as_it_is(programs: Path, tmp_path: Path) -> None:
    assert await copy_natively(TEXT, environment(programs, DISPLAY=":0"))
    assert (tmp_path / "clipboard").read_text("utf-8") == TEXT


@pytest.mark.parametrize("more", [{}, {"DISPLAY": ":0", "SSH_CONNECTION": "a 1 b 2"}])
async def test_without_a_desktop_of_ones_own_nothing_is_started(
    programs: Path, tmp_path: Path, more: dict[str, str]
) -> None:
    assert clipboard_command(environment(programs, **more)) is None
    assert not await copy_natively(TEXT, environment(programs, **more))
    assert not (tmp_path / "clipboard").exists()
