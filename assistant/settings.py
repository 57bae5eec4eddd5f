"""The assistant's settings: kotae.toml < environment (KOTAE_*) < flags.

The file is shared with the database tools, whose sections are passed over here.
"""

import difflib
import os
import stat
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SecretExposed, SettingInvalid, SettingsUnreadable, SettingUnknown

_OF_THE_TOOLS = frozenset({"audit", "connections", "database", "http", "limits"})
_ENVIRONMENT = {
    "KOTAE_LANGUAGE": ("language",),
    "KOTAE_TODAY": ("assistant", "today"),
    "KOTAE_FISCAL_YEAR_STARTS": ("assistant", "fiscal_year_starts"),
    "KOTAE_MOST_ROWS_READ": ("assistant", "most_rows_read"),
    "KOTAE_KEEP_SESSIONS": ("assistant", "keep_sessions"),
    "KOTAE_KNOWLEDGE": ("assistant", "knowledge"),
    "KOTAE_PROSE": ("assistant", "prose"),
    "KOTAE_MODEL": ("model", "name"),
    "KOTAE_ENDPOINT": ("model", "endpoint"),
    "KOTAE_API_KEY": ("model", "api_key"),
    "KOTAE_ENGINE": ("model", "engine"),
    "KOTAE_CONTEXT_TOKENS": ("model", "context_tokens"),
    "KOTAE_EFFORT": ("model", "effort"),
    "KOTAE_IDLE_MINUTES": ("model", "idle_minutes"),
    "KOTAE_SLOTS": ("model", "slots"),
    "KOTAE_TIMEOUT_SECONDS": ("model", "timeout_seconds"),
}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Section):
    """Which model answers. `api_key` comes from the environment or from `api_key_file`.

    A server that a question started ends after `idle_minutes` without another one; it answers
    as many questions at once as it has `slots`.
    `timeout_seconds`: how long the server may be silent; a long prompt on a slow PC takes minutes.
    """

    name: str | None = None
    endpoint: str | None = None
    api_key: str | None = None
    api_key_file: Path | None = None
    engine: Path | None = None
    context_tokens: int | None = None
    effort: Literal["low", "medium", "high"] = "low"
    idle_minutes: float = Field(default=15.0, ge=0)
    slots: int = Field(default=1, ge=1)
    timeout_seconds: float = Field(default=900.0, gt=0)


class AssistantSettings(_Section):
    """How questions are answered. `today` is what relative dates count from.

    `fiscal_year_starts`: a month; without it April for Japanese questions and January for others.
    `knowledge`: the folder of glossary, notes and pairs; without it the one beside kotae.toml.
    `prose`: comparisons, explanations and many rows also in sentences, which cost a second call.
    `most_rows_read`: by the database's own estimate; a statement that reads more is not run.
    `keep_sessions`: whether the chat's questions and answers, rows among them, are kept.
    """

    today: date | None = None
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12)] | None = None
    knowledge: Path | None = None
    most_rows_read: Annotated[int, Field(ge=1)] = 1_000_000_000
    keep_sessions: bool = True
    prose: bool = False


class Settings(_Section):
    """All of the assistant's settings. `keys`: keys of the chat by the names of its commands."""

    language: Literal["en", "ja"] | None = None
    model: ModelSettings = ModelSettings()
    assistant: AssistantSettings = AssistantSettings()
    keys: dict[str, str] = {}


def find_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """KOTAE_CONFIG, else ./kotae.toml, else the user's own."""
    if named := environ.get("KOTAE_CONFIG"):
        return Path(named)
    places = (Path("kotae.toml"), user_config_path("kotae") / "kotae.toml")
    return next((place for place in places if place.is_file()), None)


def knowledge_folder(settings: Settings, file: Path | None = None) -> Path:
    """Where the knowledge is: as set, else beside the settings file, else here."""
    if settings.assistant.knowledge:
        return settings.assistant.knowledge.expanduser()
    file = file or find_file()
    return (file.parent if file else Path()) / "knowledge"


def load(
    environ: Mapping[str, str] = os.environ,
    *,
    model: str | None = None,
    endpoint: str | None = None,
) -> Settings:
    """Settings from file, environment and flags. Raises: PersonMustAct kinds."""
    file = find_file(environ)
    table = _read(file) if file else {}
    if _validated(table, str(file)).model.api_key is not None:
        raise SettingInvalid(
            file=file, key="model.api_key", problem="a secret; use api_key_file or KOTAE_API_KEY"
        )
    for name, path in _ENVIRONMENT.items():
        if value := environ.get(name):
            _put(table, path, value)
    for path, flag in ((("model", "name"), model), (("model", "endpoint"), endpoint)):
        if flag:
            _put(table, path, flag)
    return _with_key(_validated(table, "environment"))


def _read(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsUnreadable(file=file, problem=str(error)) from error
    return {key: value for key, value in table.items() if key not in _OF_THE_TOOLS}


def _put(table: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for key in path[:-1]:
        table = table.setdefault(key, {})
    table[path[-1]] = value


def _validated(table: dict[str, Any], source: str) -> Settings:
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise SettingUnknown(file=source, key=key, nearest=_nearest(key)) from error
        raise SettingInvalid(file=source, key=key, problem=first["msg"]) from error


def _with_key(settings: Settings) -> Settings:
    file = settings.model.api_key_file
    if settings.model.api_key or file is None:
        return settings
    file = file.expanduser()
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SecretExposed(file=file)
        key = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsUnreadable(file=file, problem=str(error)) from error
    return settings.model_copy(update={"model": settings.model.model_copy(update={"api_key": key})})


def _nearest(key: str) -> str:
    known = [*_OF_THE_TOOLS, "language", "model", "assistant", "keys"]
    known += [f"model.{name}" for name in ModelSettings.model_fields if name != "api_key"]
    known += [f"assistant.{name}" for name in AssistantSettings.model_fields]
    return (difflib.get_close_matches(key, known, n=1, cutoff=0.0) or ["model.name"])[0]
