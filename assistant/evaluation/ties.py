"""Equal rows at the LIMIT of a gold statement: whichever of them come, the answer is right."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, permutations

from sqlglot import exp

from assistant.events import Row
from assistant.scopes import meant, parsed

MOST = 100
"""Ways to choose among equal rows that are tried, and rows beyond the LIMIT that are read."""


class Top:
    """A statement that takes the first rows of an order."""

    def __init__(self, tree: exp.Select, count: int) -> None:
        self._tree, self._count = tree, count
        self._width = len(tree.expressions)

    @property
    def wider(self) -> str:
        """The same with more rows, so that those are seen that are equal to its last, and behind
        its columns what it orders by."""
        order: exp.Order = self._tree.args["order"]
        keys = [self._behind(ordered.this) for ordered in order.expressions]
        return self._tree.select(*keys).limit(self._count + MOST).sql("mysql")

    def _behind(self, key: exp.Expr) -> exp.Expr:
        """What a key stands for: beside the columns their aliases are not known."""
        if isinstance(key, exp.Literal):
            return meant(key, self._tree).unalias()
        return key.transform(self._column_behind)

    def _column_behind(self, node: exp.Expr) -> exp.Expr:
        """Of a column what it stands for; a number inside an expression is no position."""
        return meant(node, self._tree).unalias().copy() if isinstance(node, exp.Column) else node

    def choices(self, rows: Sequence[Row], *, ordered: bool) -> Iterator[tuple[Row, ...]]:
        """Of the rows of `wider`, what the statement may give; in each order where it counts."""
        if len(rows) <= self._count:
            return
        last = rows[self._count - 1][self._width :]
        before = [row for row in rows[: self._count] if row[self._width :] != last]
        equal = [row for row in rows if row[self._width :] == last]
        chosen = permutations if ordered else combinations
        for some in islice(chosen(equal, self._count - len(before)), MOST):
            yield tuple(row[: self._width] for row in (*before, *some))


def top(sql: str) -> Top | None:
    """The statement as a `Top`; None where it takes no first rows, or not all its columns show."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or tree.is_star or tree.args.get("distinct"):
        return None
    limit = tree.args.get("limit")
    count = limit.expression.name if isinstance(limit, exp.Limit) else ""
    if not tree.args.get("order") or tree.args.get("offset") or not count.isdecimal():
        return None
    return Top(tree, int(count)) if int(count) else None
