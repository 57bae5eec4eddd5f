"""Users, settings and links: wp_users, wp_usermeta, wp_options, wp_links."""

from datetime import datetime

from mcp_server.samples.rows import Row
from mcp_server.samples.wordpress.moments import gmt
from mcp_server.samples.wordpress.schema import NEVER
from mcp_server.samples.wordpress.texts import texts

_LEVELS = {"administrator": "10", "author": "2", "contributor": "1", "subscriber": "0"}


def address(user: int) -> str:
    """The mail address of a user, by id."""
    return f"{texts('site')['user'][user - 1]['login']}@hatake.example"


def users() -> list[Row]:
    """Rows of wp_users. Nobody can log in: no password has this hash."""
    return [
        (
            number, user["login"], "*", user["nicename"], address(number), "",
            gmt(datetime.fromisoformat(user["registered"])), "", 0, user["name"],
        )
        for number, user in enumerate(texts("site")["user"], start=1)
    ]  # fmt: skip


def usermeta() -> list[Row]:
    """Rows of wp_usermeta."""
    pairs = [
        (number, key, value)
        for number, user in enumerate(texts("site")["user"], start=1)
        for key, value in (
            ("nickname", user["name"]),
            ("description", user["about"]),
            ("locale", ""),
            ("wp_capabilities", _capabilities(user["role"])),
            ("wp_user_level", _LEVELS[user["role"]]),
        )
    ]
    return [(number, *pair) for number, pair in enumerate(pairs, start=1)]


def _capabilities(role: str) -> str:
    return f'a:1:{{s:{len(role)}:"{role}";b:1;}}'


def options() -> list[Row]:
    """Rows of wp_options."""
    return [
        (number, name, value, "on")
        for number, (name, value) in enumerate(texts("site")["options"].items(), start=1)
    ]


def links() -> list[Row]:
    """Rows of wp_links."""
    return [
        (
            number, link["url"], link["name"], "", "", link["about"], "Y", 1, 0, NEVER,
            "", "", "",
        )
        for number, link in enumerate(texts("site")["link"], start=1)
    ]  # fmt: skip
