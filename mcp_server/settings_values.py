"""Values of a settings file, checked one by one: each error names the file and the key."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp_server.errors import (
    BadColumns,
    BadFence,
    BadNames,
    BadNumber,
    BadSection,
    BadText,
    BadTexts,
    BadTls,
    BadTunnel,
    SettingUnreadable,
    UnknownSetting,
)

_TLS = frozenset({"verified", "preferred", "off"})
_FENCES = frozenset({"required", "available"})
_COLUMN = re.compile(r"([^.*]+\.)?[^.*]+\.[^.*]+")
_PLACE = re.compile(r"[^.]+(\.[^.]+){0,2}")
# Nothing that begins with "-" may become an option of ssh, and nothing else a shell could read.
_HOST = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_TUNNEL = re.compile(
    rf"ssh://(?:(?P<user>{_HOST})@)?(?P<host>{_HOST}|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{{1,5}}))?/?"
)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The machine that ssh goes through; port None is ssh's own choice."""

    host: str
    user: str = ""
    port: int | None = None

    def __str__(self) -> str:
        return f"ssh://{self._target}" + (f":{self.port}" if self.port else "")

    @property
    def command(self) -> str:
        """What a person types to see whether it works."""
        return "ssh " + (f"-p {self.port} " if self.port else "") + self._target

    @property
    def _target(self) -> str:
        return f"{self.user}@{self.host}" if self.user else self.host


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


def places(file: str, key: str, value: Any) -> tuple[str, ...]:
    """Entries like "schema", "schema.table" or "schema.table.column", or "SHOW ENGINE"."""
    entries = texts(file, key, value)
    for entry in entries:
        if not (_PLACE.fullmatch(entry) or entry.upper().startswith("SHOW ")):
            raise BadNames(file=file, key=key, entry=entry)
    return entries


def tunnel(file: str, key: str, value: str, far: str) -> Tunnel:
    """From "ssh://USER@HOST:PORT"; `far` is the database's host as seen from there."""
    match = _TUNNEL.fullmatch(value)
    if match is None or not re.fullmatch(rf"{_HOST}|[0-9A-Fa-f:.]+", far):
        raise BadTunnel(file=file, key=key)
    return Tunnel(match["host"].strip("[]"), match["user"] or "", int(match["port"] or 0) or None)


def section(file: str, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadSection(file=file, key=key)
    return value


def positive(file: str, key: str, kind: type, value: Any) -> Any:
    try:
        number = kind(value)
    except (TypeError, ValueError):
        number = 0
    if isinstance(value, bool) or number != float(value if number else 0) or not 0 < number < 2**31:
        raise BadNumber(file=file, key=key)
    return number


def tls(file: str, key: str, value: str) -> str:
    """The word, or nothing where none was said. Raises BadTls."""
    if value and value not in _TLS:
        raise BadTls(file=file, key=key)
    return value


def fence(file: str, key: str, value: str) -> str:
    """Raises BadFence."""
    if value not in _FENCES:
        raise BadFence(file=file, key=key)
    return value
