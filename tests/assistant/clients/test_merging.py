import json
import os
import stat
from pathlib import Path

import pytest

from assistant.clients.entries import CLIENTS, Served, Started, section
from assistant.clients.merging import write
from assistant.errors import ClientFileNotParsed, ClientFileUnusable

STARTED = Started(("/venv/bin/python", "-P", "-m", "mcp_server"), {"KOTAE_CONFIG": "/k.toml"})


@pytest.mark.parametrize("client", CLIENTS)
def test_a_new_file_holds_our_entry_alone_and_is_private(client, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    written = write(client, STARTED, path)
    assert (written.backup, written.changed) == (None, True)
    assert list(json.loads(path.read_text("utf-8"))[section(client)]) == ["kotae"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_of_before_lies_beside_it_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    before = b'\xef\xbb\xbf{"servers": {"other": {"url": "u"}}, // mine\r\n "x": 1}'
    path.write_bytes(before)
    path.chmod(0o644)
    written = write("vscode", STARTED, path)
    assert written.backup is not None
    assert written.backup.read_bytes() == before
    assert path.read_bytes().startswith(b'\xef\xbb\xbf{"servers": {"other": {"url": "u"}')
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mcp.json", "mcp.json.before-kotae"]


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    write("cursor", STARTED, path)
    assert not write("cursor", STARTED, path).changed
    assert write("cursor", Served("http://127.0.0.1:8765/mcp"), path).changed
    entry = json.loads(path.read_text("utf-8"))["mcpServers"]["kotae"]
    assert entry == {"url": "http://127.0.0.1:8765/mcp"}


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.json", tmp_path / "mcp.json"
    real.write_text("{}", encoding="utf-8")
    link.symlink_to(real)
    write("cursor", STARTED, link)
    assert link.is_symlink()
    assert "kotae" in real.read_text(encoding="utf-8")


@pytest.mark.parametrize("before", [b"{'single': 1}", b'{"x": "\xff"}', b'{"servers": 1}'])
def test_a_file_that_cannot_be_read_stays_as_it_is(before: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_bytes(before)
    with pytest.raises(ClientFileNotParsed, match="kotae client vscode"):
        write("vscode", STARTED, path)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("mcp.json", before)]


def test_a_place_that_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClientFileUnusable, match="--path"):
        write("cursor", STARTED, tmp_path)
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(ClientFileUnusable):
        write("cursor", STARTED, blocked / "mcp.json")
    assert os.listdir(tmp_path) == ["file"]
