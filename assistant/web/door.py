"""Who may come in: requests for one of our names, from our own page, with the token if one is set.

A web page may make its visitor's browser call a server on this machine, and a page of another
port is another origin. So the Host must be ours, and an Origin must be that Host.
"""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

OURSELVES = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})
COOKIE = "kotae"

Verdict = Literal["welcome", "wrong host", "wrong origin", "no token", "new"]


@dataclass(frozen=True, slots=True)
class Door:
    """Stands before a server that listens at `host`."""

    host: str
    token: str = field(default="", repr=False)

    def judge(
        self, headers: Mapping[str, str], cookies: Mapping[str, str], query: Mapping[str, str]
    ) -> Verdict:
        """ "new" is who brings the token in the address, and gets it as a cookie."""
        host = headers.get("Host", "")
        if not self._is_ours(host):
            return "wrong host"
        if "Origin" in headers and urlsplit(headers["Origin"]).netloc != host:
            return "wrong origin"
        if not self.token or self._is_token(cookies.get(COOKIE, "")):
            return "welcome"
        return "new" if self._is_token(query.get("token", "")) else "no token"

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        # A page that was rebound to us still says its own name, never an address.
        rebound = self.host in EVERYWHERE and _is_address(name)
        return name in OURSELVES or name == self.host or rebound

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self.token.encode())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
