"""Which databases may be asked, and how much an answer may cost.

kotae.toml < environment (KOTAE_*) < arguments. The file is shared with the assistant, whose
sections are passed over here; any other unknown key stops the start.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from mcp_server import passwords
from mcp_server import settings_values as checked
from mcp_server.closed import CLOSED
from mcp_server.database_url import DatabaseUrl, read_url
from mcp_server.errors import (
    BadTunnel,
    BadUrl,
    SqliteFileMissing,
    UnknownConnection,
)
from mcp_server.settings_values import Tunnel

DEFAULT = "default"
_OF_THE_ASSISTANT = frozenset({"assistant", "keys", "language", "model"})
_SECTIONS = frozenset({"audit", "database", "connections", "http", "limits"})
_HTTP_KEYS = frozenset({"token_file", "hosts"})
_CONNECTION_TEXTS = frozenset(
    {"url", "password_file", "password_keyring", "tls", "fence", "tunnel"}
)
_CONNECTION_LISTS = frozenset({"allow", "deny", "functions", "mask"})
_URL_OPTIONS = frozenset(
    {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}
)
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_ENVIRONMENT = "env"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost. `bytes` counts the text of all cells, `cell` characters of one."""

    rows: int = 1000
    bytes: int = 1_000_000
    cell: int = 4000
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One database. The password stands in `url` only, which is never shown as it is.

    `allow` opens and `deny` closes "schema", "schema.table" or "schema.table.column" with *;
    without `allow` all is open, and what a file denies is added to what is closed by default.
    `functions` names the stored functions that a statement may call; `mask` names
    "schema.table.column" that show as ***.
    """

    name: str
    url: DatabaseUrl = field(repr=False)
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = CLOSED
    functions: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    tls: str = ""
    """"verified", "preferred" or "off"; "" is verified beyond this machine, within it none where
    the server lets one in without."""
    fence: str = "required"
    """"available" also lets a server in that gives only a part of the read-only fence."""
    tunnel: Tunnel | None = None
    """The machine through which ssh reaches the host of the URL."""

    @property
    def is_sqlite(self) -> bool:
        return self.url.driver == "sqlite"

    @property
    def must_verify(self) -> bool:
        """Must the server prove by a certificate that it is the one of the URL?"""
        return self.tls == "verified" or not (self.tls or self._is_here)

    @property
    def tries_plain(self) -> bool:
        """Within this machine nobody listens, and TLS is a tenth of a small call."""
        asks_for_tls = self.tls or any(name.startswith("ssl_") for name in self.url.query)
        return self._is_here and not (asks_for_tls or self.tunnel)

    @property
    def _is_here(self) -> bool:
        return "unix_socket" in self.url.query or (self.url.host or "localhost") in _THIS_MACHINE

    @property
    def shown_url(self) -> str:
        """The URL, its password hidden."""
        return self.url.shown

    @property
    def where(self) -> str:
        """Host and port, or the file."""
        if self.is_sqlite:
            return str(self.url.database)
        socket = self.url.query.get("unix_socket")
        return socket or f"{self.url.host or 'localhost'}:{self.url.port or 3306}"


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The bearer token that every request must carry, and more names that we go by."""

    token: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """The file of JSON lines, if any; at `bytes` it is rotated, `files` older ones are kept."""

    file: str = ""
    bytes: int = 10_000_000
    files: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """All connections by name, in order; `default` is the one that a call means by itself."""

    connections: Mapping[str, ConnectionSettings] = field(default_factory=dict)
    default: str | None = None
    limits: Limits = Limits()
    http: HttpSettings = HttpSettings()
    audit: AuditSettings = AuditSettings()


def load(
    config: Path | None = None,
    database: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Settings from file, environment and arguments.

    `database` is a URL, the path of an existing SQLite file, or the name of a connection.
    Raises PersonMustAct for anything unreadable or unknown, UnknownConnection for `database`.
    """
    file = config or _discover(environ)
    table = checked.read(file) if file else {}
    source = str(file)
    checked.refuse_unknown(source, "", table, _SECTIONS | _OF_THE_ASSISTANT)
    connections = _connections(source, table)
    if url := environ.get("KOTAE_DATABASE_URL"):
        connections[DEFAULT] = _connection(DEFAULT, url, "KOTAE_DATABASE_URL", _ENVIRONMENT)
    default = _choose(database, connections)
    if default and (password := environ.get("KOTAE_DATABASE_PASSWORD")):
        connections[default] = _with_password(connections[default], password)
    return Settings(
        connections,
        default,
        _limits(source, table.get("limits", {}), environ),
        _http(source, table.get("http", {}), environ),
        _audit(source, table.get("audit", {})),
    )


def _discover(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get("KOTAE_CONFIG"):
        return Path(named)
    places = (Path("kotae.toml"), user_config_path("kotae") / "kotae.toml")
    return next((place for place in places if place.is_file()), None)


def _connections(file: str, table: Mapping[str, Any]) -> dict[str, ConnectionSettings]:
    named = {DEFAULT: table["database"]} if "database" in table else {}
    more = checked.section(file, "connections", table.get("connections", {}))
    found = {}
    for name, section in {**named, **more}.items():
        key = "database" if section is table.get("database") else f"connections.{name}"
        found[name] = _connection_section(file, key, name, section)
    return found


def _connection_section(file: str, key: str, name: str, section: Any) -> ConnectionSettings:
    keys = checked.section(file, key, section)
    checked.refuse_unknown(file, f"{key}.", keys, _CONNECTION_TEXTS | _CONNECTION_LISTS)
    for entry in _CONNECTION_TEXTS & keys.keys():
        checked.text(file, f"{key}.{entry}", keys[entry])
    plain = _connection(name, keys.get("url", ""), f"{key}.url", file)
    connection = replace(
        plain,
        allow=checked.places(file, f"{key}.allow", keys.get("allow", ())),
        deny=_deny(checked.places(file, f"{key}.deny", keys.get("deny", CLOSED))),
        functions=checked.texts(file, f"{key}.functions", keys.get("functions", ())),
        tls=checked.tls(file, f"{key}.tls", keys.get("tls", "")) or plain.tls,
        mask=checked.columns(file, f"{key}.mask", keys.get("mask", ())),
        fence=checked.fence(file, f"{key}.fence", keys.get("fence", plain.fence)),
        tunnel=_tunnel(file, f"{key}.tunnel", keys["tunnel"], plain) if "tunnel" in keys else None,
    )
    if "password_file" in keys:
        found = passwords.of_file(Path(keys["password_file"]).expanduser())
        return _with_password(connection, found)
    if "password_keyring" in keys:
        entry = keys["password_keyring"]
        found = passwords.of_keyring(file, f"{key}.password_keyring", entry)
        return _with_password(connection, found)
    return connection


def _deny(entries: tuple[str, ...]) -> tuple[str, ...]:
    """What is closed by default stays closed beside other entries; an empty list opens it."""
    return tuple(dict.fromkeys((*CLOSED, *entries))) if entries else ()


def _tunnel(file: str, key: str, text: str, connection: ConnectionSettings) -> Tunnel:
    if connection.is_sqlite or "unix_socket" in connection.url.query:
        raise BadTunnel(file=file, key=key)
    return checked.tunnel(file, key, text, connection.url.host or "localhost")


def _connection(name: str, text: str, key: str, file: str) -> ConnectionSettings:
    try:
        url = read_url(text)
    except ValueError:
        raise BadUrl(file=file, key=key) from None
    match url.driver:
        case "sqlite" if url.database:
            return ConnectionSettings(name, _sqlite(url.database))
        case "mysql" | "mysql+pymysql" | "mariadb" | "mariadb+pymysql":
            checked.refuse_unknown(file, f"{key}?", url.query, _URL_OPTIONS | {"tls", "fence"})
            tls = checked.tls(file, f"{key}?tls", url.query.get("tls", ""))
            fence = checked.fence(file, f"{key}?fence", url.query.get("fence", "required"))
            options = {k: v for k, v in url.query.items() if k not in {"tls", "fence"}}
            bare = replace(url, driver="mysql", query=options)
            return ConnectionSettings(name, bare, tls=tls, fence=fence)
    raise BadUrl(file=file, key=key)


def _sqlite(path: str) -> DatabaseUrl:
    return DatabaseUrl("sqlite", database=str(Path(path).expanduser().absolute()))


def _with_password(connection: ConnectionSettings, password: str) -> ConnectionSettings:
    if connection.is_sqlite:
        return connection
    return replace(connection, url=replace(connection.url, password=password))


def _choose(database: str | None, connections: dict[str, ConnectionSettings]) -> str | None:
    """The name of the default connection; one that `database` describes is added."""
    if database is None:
        return DEFAULT if DEFAULT in connections else next(iter(connections), None)
    if database in connections:
        return database
    if "://" in database:
        connections[DEFAULT] = _connection(DEFAULT, database, "URL", "--database")
    elif Path(database).is_file():
        connections[DEFAULT] = ConnectionSettings(DEFAULT, _sqlite(database))
    elif Path(database).suffix or os.sep in database:
        raise SqliteFileMissing(path=database)
    else:
        raise UnknownConnection(name=database, known=", ".join(connections) or "–")
    return DEFAULT


def _http(file: str, table: Any, environ: Mapping[str, str]) -> HttpSettings:
    keys = checked.section(file, "http", table)
    checked.refuse_unknown(file, "http.", keys, _HTTP_KEYS)
    hosts = checked.texts(file, "http.hosts", keys.get("hosts", ()))
    token = environ.get("KOTAE_MCP_TOKEN", "")
    if not token and "token_file" in keys:
        token = passwords.of_file(
            Path(checked.text(file, "http.token_file", keys["token_file"])).expanduser()
        )
    return HttpSettings(token, hosts)


def _audit(file: str, table: Any) -> AuditSettings:
    keys = checked.section(file, "audit", table)
    known = {entry.name: type(entry.default) for entry in fields(AuditSettings)}
    checked.refuse_unknown(file, "audit.", keys, known)
    numbers = {
        name: checked.positive(file, f"audit.{name}", known[name], keys[name])
        for name in ("bytes", "files")
        if name in keys
    }
    return AuditSettings(checked.text(file, "audit.file", keys.get("file", "")), **numbers)


def _limits(file: str, table: Any, environ: Mapping[str, str]) -> Limits:
    values = dict(checked.section(file, "limits", table))
    known = {entry.name: type(entry.default) for entry in fields(Limits)}
    checked.refuse_unknown(file, "limits.", values, known)
    origin = {name: (file, f"limits.{name}") for name in values}
    for name in known:
        if text := environ.get(variable := f"KOTAE_LIMIT_{name.upper()}"):
            values[name], origin[name] = text, (_ENVIRONMENT, variable)
    return Limits(
        **{name: checked.positive(*origin[name], known[name], values[name]) for name in values}
    )
