"""How much of a schema one answer may hold: whole tables up to a budget, the others named."""

from collections.abc import Sequence
from dataclasses import dataclass

from mcp_server.joins import Join
from mcp_server.schema import Table, one_line
from mcp_server.sessions import Flavour

MOST_TABLES = 500
"""Tables in the structured content; a program names the others to get them."""
_MOST_CHARACTERS = 60_000
_MOST_CHARACTERS_OF_NAMES = 4_000


@dataclass(frozen=True, slots=True)
class Described:
    """Tables with their values, how they are joined, and the names that did not fit.

    `unsampled` tables come without values, since there was no time to look at their data.
    """

    flavour: Flavour
    version: str
    tables: tuple[Table, ...]
    joins: tuple[Join, ...] = ()
    left_out: tuple[str, ...] = ()
    unsampled: int = 0


def text_of(described: Described) -> str:
    """A line a table as far as they fit, the joins, and what is missing and how to get it."""
    lines: list[str] = []
    size = 0
    for table in described.tables:
        line = one_line(table)
        size += len(line)
        if lines and size > _MOST_CHARACTERS:
            break
        lines.append(line)
    missing = [table.name for table in described.tables[len(lines) :]] + [*described.left_out]
    lines += map(join_line, described.joins)
    if described.unsampled:
        lines.append(f"without values, for want of time: {described.unsampled} tables; ask again")
    return "\n".join([*lines, _missing(missing)] if missing else lines)


def join_line(join: Join) -> str:
    """`join a, b: a.x = b.y`."""
    return f"join {', '.join(join.tables)}: {' AND '.join(join.on)}"


def _missing(names: Sequence[str]) -> str:
    shown: list[str] = []
    size = 0
    for name in names:
        size += len(name)
        if size > _MOST_CHARACTERS_OF_NAMES:
            break
        shown.append(name)
    others = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return (
        f"left out: {len(names)} tables: name those wanted, or find them with search_schema. "
        f"They are {', '.join(shown)}{others}"
    )
