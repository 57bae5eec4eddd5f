"""Moments as WordPress keeps them: on the blog's own clock, and in GMT beside it."""

from datetime import UTC, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9))


def local(moment: datetime) -> str:
    """On the blog's clock."""
    return moment.isoformat(" ")


def gmt(moment: datetime) -> str:
    """The same moment in GMT."""
    return moment.replace(tzinfo=JAPAN).astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def unix(moment: datetime) -> int:
    """Seconds since 1970, as in the locks of the editor."""
    return int(moment.replace(tzinfo=JAPAN).timestamp())
