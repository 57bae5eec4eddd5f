"""The URL of a database taken apart: mysql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE.

SQLAlchemy reads the same URLs, but to import it takes a fifth of the time until tools are listed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

_URL = re.compile(
    r"""(?P<driver>[\w+]+)://
    (?:(?P<username>[^:/@]*)(?::(?P<password>[^@]*))?@)?
    (?:\[(?P<ipv6>[^/?\]]+)\]|(?P<host>[^/:?]+))?
    (?::(?P<port>\d{1,5}))?
    (?:/(?P<database>[^?]*))?
    (?:\?(?P<query>.*))?""",
    re.VERBOSE | re.ASCII,
)

_ESCAPED = str.maketrans({"%": "%25", "?": "%3F"})


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """What the URL says; a password may hold anything but @, which is written %40 there."""

    driver: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The URL with *** for its password."""
        secret = ":***" if self.password is not None else ""
        user = f"{quote(self.username or '', safe='')}{secret}@" if self.username or secret else ""
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host or ""
        port = f":{self.port}" if self.port else ""
        name = f"/{self.database.translate(_ESCAPED)}" if self.database is not None else ""
        return f"{self.driver}://{user}{host}{port}{name}{self._options()}"

    def _options(self) -> str:
        pairs = (f"{quote(name)}={quote(value, safe='/')}" for name, value in self.query.items())
        return "?" + "&".join(pairs) if self.query else ""


def read_url(text: str) -> DatabaseUrl:
    """The parts of the URL. Raises ValueError, which does not repeat it, for anything else."""
    found = _URL.fullmatch(text)
    if found is None or not found["driver"]:
        raise ValueError("not the URL of a database")
    return DatabaseUrl(
        found["driver"],
        _plain(found["username"]),
        _plain(found["password"]),
        found["ipv6"] or found["host"],
        int(found["port"]) if found["port"] else None,
        _plain(found["database"]),
        dict(parse_qsl(found["query"] or "", keep_blank_values=True)),
    )


def _plain(text: str | None) -> str | None:
    return None if text is None else unquote(text)
