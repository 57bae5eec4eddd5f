"""Equal rows at the LIMIT of a gold statement: whichever of them come, the answer is right."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, permutations

from sqlglot import exp

from assistant.events import Row
from assistant.scopes import parsed

MOST = 100
"""Ways to choose among equal rows that are tried, and rows beyond the LIMIT that are read."""


class Top:
    """A statement that takes the first rows by columns that it shows."""

    def __init__(self, tree: exp.Select, count: int, keys: Sequence[int]) -> None:
        self._tree, self._count, self._keys = tree, count, keys

    @property
    def wider(self) -> str:
        """The same with more rows, so that those are seen that are equal to its last."""
        return self._tree.limit(self._count + MOST).sql("mysql")

    def choices(self, rows: Sequence[Row], *, ordered: bool) -> Iterator[tuple[Row, ...]]:
        """Of the rows of `wider`, what the statement may give; in each order where it counts."""
        if len(rows) <= self._count:
            return
        last = self._key(rows[self._count - 1])
        before = [row for row in rows[: self._count] if self._key(row) != last]
        equal = [row for row in rows if self._key(row) == last]
        chosen = permutations if ordered else combinations
        for some in islice(chosen(equal, self._count - len(before)), MOST):
            yield (*before, *some)

    def _key(self, row: Row) -> tuple[object, ...]:
        return tuple(row[at] for at in self._keys)


def top(sql: str) -> Top | None:
    """The statement as a `Top`; None when it is none, or what it orders by is not shown."""
    tree = parsed(sql)
    order, limit = (tree.args.get(part) if tree else None for part in ("order", "limit"))
    if not (isinstance(tree, exp.Select) and order and limit) or tree.args.get("offset"):
        return None
    shown = [*map(_names, tree.expressions)]
    keys = [_place(ordered.this, shown) for ordered in order.expressions]
    found = [key for key in keys if key is not None]
    count = limit.expression.name
    if len(found) < len(keys) or not count.isdecimal() or not int(count):
        return None
    return Top(tree, int(count), found)


def _names(projection: exp.Expr) -> set[str]:
    """What ORDER BY can call a column by: its alias, its name, the expression itself."""
    return {projection.alias_or_name, projection.unalias().sql("mysql")} - {""}


def _place(key: exp.Expr, shown: Sequence[set[str]]) -> int | None:
    if isinstance(key, exp.Literal) and key.name.isdecimal():
        return int(key.name) - 1 if 0 < int(key.name) <= len(shown) else None
    said = key.sql("mysql")
    return next((at for at, names in enumerate(shown) if said in names), None)
