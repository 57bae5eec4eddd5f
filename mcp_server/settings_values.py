"""Values of a settings file, checked one by one: each error names the file and the key."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mcp_server.errors import (
    BadColumns,
    BadNumber,
    BadSection,
    BadText,
    BadTexts,
    PasswordFileExposed,
    SettingUnreadable,
    UnknownSetting,
)

_COLUMN = re.compile(r"([^.*]+\.)?[^.*]+\.[^.*]+")


def read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingUnreadable(file=str(file), reason=error.strerror or str(error)) from error
    except ValueError as error:
        raise SettingUnreadable(file=str(file), reason=str(error)) from error


def refuse_unknown(file: str, section: str, keys: Iterable[str], known: Iterable[str]) -> None:
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0) or [""]
            raise UnknownSetting(file=file, key=section + key, nearest=section + near[0])


def text(file: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadText(file=file, key=key)
    return value


def texts(file: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(
        isinstance(text, str) and text for text in value
    ):
        raise BadTexts(file=file, key=key)
    return tuple(value)


def columns(file: str, key: str, value: Any) -> tuple[str, ...]:
    """Entries like "shop.customers.email" or "customers.email"."""
    entries = texts(file, key, value)
    if not all(_COLUMN.fullmatch(entry) for entry in entries):
        raise BadColumns(file=file, key=key)
    return entries


def section(file: str, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadSection(file=file, key=key)
    return value


def password(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise PasswordFileExposed(file=str(file))
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingUnreadable(file=str(file), reason=error.strerror or str(error)) from error


def positive(file: str, key: str, kind: type, value: Any) -> Any:
    try:
        number = kind(value)
    except (TypeError, ValueError):
        number = 0
    if isinstance(value, bool) or number != float(value if number else 0) or not 0 < number < 2**31:
        raise BadNumber(file=file, key=key)
    return number
