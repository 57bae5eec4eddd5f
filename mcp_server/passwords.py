"""Passwords from where others cannot read them: a file of one's own, or the system's keyring."""

import os
from pathlib import Path

from mcp_server.errors import (
    BadKeyring,
    KeyringMissing,
    NotInKeyring,
    PasswordFileExposed,
    SettingUnreadable,
)


def of_file(file: Path) -> str:
    """Raises PasswordFileExposed when others may read it, SettingUnreadable when we may not."""
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise PasswordFileExposed(file=str(file))
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingUnreadable(file=str(file), reason=error.strerror or str(error)) from error


def of_keyring(file: str, key: str, entry: str) -> str:
    """The password that `keyring set SERVICE USER` put away; `entry` is "SERVICE/USER".

    Raises BadKeyring, KeyringMissing without the extra, NotInKeyring.
    """
    service, _, user = entry.rpartition("/")
    if not service or not user:
        raise BadKeyring(file=file, key=key)
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise KeyringMissing(file=file, key=key) from error
    try:
        password = keyring.get_password(service, user)
    except KeyringError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise NotInKeyring(service=service, user=user, reason=reason) from error
    if password is None:
        raise NotInKeyring(service=service, user=user, reason="no such entry")
    return password
