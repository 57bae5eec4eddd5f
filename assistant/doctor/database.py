"""Checks of one database: is it there, may the account only read, does the fence hold."""

from collections.abc import Sequence
from shlex import quote

from assistant.doctor.finding import Finding
from assistant.locale import t


def missing() -> Finding:
    """No database is configured at all."""
    return Finding("database", "broken", t("doctor.no_database"), "kotae init")


def reached(connection: str, url: str, product: str, version: str) -> Finding:
    """It answered; `url` without its password."""
    text = t("doctor.database", connection=connection, url=url, server=f"{product} {version}")
    return Finding("database", "ok", text)


def account(connection: str, user: str, grade: str, excess: Sequence[str]) -> Finding:
    """What it may do beyond reading. `grade` is reader, writer or admin."""
    if grade == "reader":
        return Finding("account", "ok", t("doctor.reader", user=user or "SQLite"))
    text = t(f"doctor.{grade}", user=user, privileges=", ".join(excess))
    return Finding("account", "warning", text, f"kotae db grant -d {quote(connection)}")


def fence(connection: str, layers: Sequence[str], lacking: Sequence[str]) -> Finding:
    """The layers that keep kotae from writing, whatever the account may do."""
    if not lacking:
        return Finding("fence", "ok", t("doctor.fence", count=len(layers)))
    text = t("doctor.fence_lacks", missing=", ".join(lacking))
    return Finding("fence", "warning", text, f"kotae db check -d {quote(connection)}")
