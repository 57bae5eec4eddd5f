"""The first kotae.toml. A password never stands in it, but in a file of its own beside it."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from platformdirs import user_config_path

from assistant.errors import SettingsNotWritable, SettingsPresent
from assistant.files import PRIVATE, replace_file
from assistant.locale import t
from assistant.settings import find_file
from assistant.setup.choice import Choice

PASSWORD_FILE = "database.password"


def is_first_run(database: str | None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether nobody has said yet which database to ask."""
    named = database or environ.get("KOTAE_DATABASE_URL")
    return not named and find_file(environ) is None


def settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The file that `write_settings` is meant for: KOTAE_CONFIG, else the user's own."""
    named = environ.get("KOTAE_CONFIG")
    return Path(named).expanduser() if named else user_config_path("kotae") / "kotae.toml"


def write_settings(path: Path, choice: Choice, *, overwrite: bool = False) -> None:
    """Write kotae.toml (mode 0600) and, where there is a password to keep, its file beside it.

    Raises SettingsPresent for a file that is there unless `overwrite`, SettingsNotWritable.
    """
    if path.exists() and not overwrite:
        raise SettingsPresent(file=path)
    url, password = split_password(as_url(choice.database))
    password = choice.password or password
    keeper = path.absolute().with_name(PASSWORD_FILE) if password else None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if keeper:
            replace_file(keeper, f"{password}\n".encode(), PRIVATE)
        replace_file(path, settings_text(choice, url, keeper).encode(), PRIVATE)
    except OSError as error:
        raise SettingsNotWritable(file=path, reason=error.strerror or error) from error


def settings_text(choice: Choice, url: str, password_file: Path | None) -> str:
    """The file's text; `url` is without its password."""
    return "\n".join(_lines(choice, url, password_file)) + "\n"


def as_url(database: str) -> str:
    """A URL as it is, the path of an SQLite file as one."""
    if "://" in database:
        return database.strip()
    return f"sqlite:///{Path(database.strip()).expanduser().absolute()}"


def split_password(url: str) -> tuple[str, str]:
    """The URL without its password, and the password, "" where there is none."""
    if url.startswith("sqlite:"):
        return url, ""
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    user, _, password = before.partition(":")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{host}")), unquote(password)


def mysql_url(user: str, host: str, port: int, database: str) -> str:
    """The URL of a MySQL or MariaDB database from its parts, escaped where need be."""
    return f"mysql://{quote(user, safe='')}@{host}:{port}/{quote(database, safe='')}"


def _lines(choice: Choice, url: str, password_file: Path | None) -> Iterator[str]:
    yield f"# {t('setup.file_head')}"
    if choice.language:
        yield f"language = {_quoted(choice.language)}"
    yield "\n[database]"
    yield f"url = {_quoted(url)}"
    if choice.keyring:
        yield f"password_keyring = {_quoted(choice.keyring)}"
    elif password_file:
        yield f"password_file = {_quoted(str(password_file))}"
    if choice.model or choice.endpoint:
        yield "\n[model]"
    if choice.model:
        yield f"name = {_quoted(choice.model)}"
    if choice.endpoint:
        yield f"endpoint = {_quoted(choice.endpoint)}"


def _quoted(text: str) -> str:
    """A TOML string; JSON escapes the same, but for the one control character it lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
