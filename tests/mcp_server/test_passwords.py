import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from mcp_server.errors import BadKeyring, KeyringMissing, NotInKeyring, PasswordFileExposed
from mcp_server.settings import load


class FolderKeyring(KeyringBackend):
    """A keyring as its users write their own: a file for each entry."""

    priority = 1.0

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def get_password(self, service: str, username: str) -> str | None:
        file = self._folder / f"{service}-{username}"
        return file.read_text(encoding="utf-8") if file.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        (self._folder / f"{service}-{username}").write_text(password, encoding="utf-8")


@pytest.fixture(autouse=True)
def keyring_of_the_test(tmp_path: Path) -> None:
    keyring.set_keyring(FolderKeyring(tmp_path))


def configured(tmp_path: Path, line: str) -> str | None:
    config = tmp_path / "kotae.toml"
    config.write_text(f'[connections.x]\nurl = "mysql://me@a/b"\n{line}\n', encoding="utf-8")
    return load(config, environ={}).connections["x"].url.password


def test_the_password_comes_from_the_keyring(tmp_path: Path) -> None:
    keyring.set_password("shop", "me", "s3cret")

    assert configured(tmp_path, 'password_keyring = "shop/me"') == "s3cret"


def test_an_entry_that_is_missing_says_how_to_put_it_there(tmp_path: Path) -> None:
    with pytest.raises(NotInKeyring, match="keyring set shop me"):
        configured(tmp_path, 'password_keyring = "shop/me"')


def test_a_machine_without_a_keyring_is_told(tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())

    with pytest.raises(NotInKeyring, match="No recommended backend"):
        configured(tmp_path, 'password_keyring = "shop/me"')


def test_without_the_extra_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    with pytest.raises(KeyringMissing, match=r"pip install kotae\[keyring\]"):
        configured(tmp_path, 'password_keyring = "shop/me"')


@pytest.mark.parametrize("entry", ["shop", "/me", "shop/"])
def test_an_entry_names_service_and_user(tmp_path: Path, entry: str) -> None:
    with pytest.raises(BadKeyring, match=r"connections\.x\.password_keyring"):
        configured(tmp_path, f'password_keyring = "{entry}"')


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(PasswordFileExposed):
        configured(tmp_path, f'password_file = "{file}"')

    file.chmod(0o600)
    assert configured(tmp_path, f'password_file = "{file}"') == "s3cret"
