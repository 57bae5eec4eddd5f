"""How tables hang together: neighbours by foreign key, and the shortest way to join them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mcp_server.schema import ForeignKey, Table, quoted

_FARTHEST = 6
_PLAIN = re.compile(r"(?!\d+$)[\w$]+")


@dataclass(frozen=True, slots=True)
class Join:
    """`tables` in the order of the way, and a condition for each step.

    A condition reads `a.x = b.y`; where other foreign keys lead to the same table, it names them.
    """

    tables: tuple[str, ...]
    on: tuple[str, ...]


class Joins:
    """The foreign keys between the given tables; those to others are left aside."""

    def __init__(self, tables: Iterable[Table]) -> None:
        known = {table.name: table for table in tables}
        self._conditions: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
        for table in known.values():
            for key in table.foreign_keys:
                if key.table in known and key.table != table.name:
                    self._add(table.name, key)

    def _add(self, table: str, key: ForeignKey) -> None:
        condition = _condition(table, key)
        for one, other in ((table, key.table), (key.table, table)):
            self._conditions[one].setdefault(other, []).append(condition)

    def neighbours(self, table: str) -> list[str]:
        """Tables one foreign key away, either direction."""
        return list(self._conditions.get(table, ()))

    def connecting(self, tables: Sequence[str]) -> list[Join]:
        """The shortest way from each table to those before it, where there is one."""
        found = []
        reached = dict.fromkeys(tables[:1])
        for table in tables[1:]:
            if table not in reached and (way := self._way(list(reached), table)):
                found.append(self._join(way))
                reached |= dict.fromkeys(way)
        return found

    def _way(self, starts: Sequence[str], goal: str) -> tuple[str, ...]:
        """Breadth first, so that the first way found is a shortest one."""
        ways: dict[str, tuple[str, ...]] = {start: (start,) for start in starts}
        edge = list(starts)
        for _ in range(_FARTHEST):
            following = []
            for table in edge:
                for other in self._conditions.get(table, ()):
                    if other == goal:
                        return (*ways[table], goal)
                    if other not in ways:
                        ways[other] = (*ways[table], other)
                        following.append(other)
            edge = following
        return ()

    def _join(self, way: tuple[str, ...]) -> Join:
        steps = (_either(self._conditions[one][other]) for one, other in pairwise(way))
        return Join(way, tuple(steps))


def _either(conditions: Sequence[str]) -> str:
    first, *others = conditions
    return f"{first} (or {' or '.join(others)})" if others else first


def _condition(table: str, key: ForeignKey) -> str:
    return " AND ".join(
        f"{_name(table)}.{_name(column)} = {_name(key.table)}.{_name(target)}"
        for column, target in zip(key.columns, key.ref_columns, strict=True)
    )


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quoted(name)
