"""What rows are ranked or chosen by is shown beside them."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.mends import Mend
from assistant.schema import Schema
from assistant.scopes import meant, parsed, totals

_FROM = re.compile(r"\bFROM\b", re.IGNORECASE)
_RANKS = re.compile(r"\brank(?:s|ing|ings)?\b|順位|ランキング", re.IGNORECASE)
PLACE = "place"
_NAMES: dict[type[exp.Expr], str] = {exp.Count: "n", exp.Sum: "total", exp.Avg: "average"}


def measured_by(sql: str, schema: Schema) -> Iterator[Mend]:
    """What rows are ranked or chosen by is selected too: a person wants to see it.

    ORDER BY price LIMIT 1 selects the price, HAVING COUNT(*) > 5 the count.
    """
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or tree.args.get("distinct"):
        return
    measures = [one for one in (_ranked(tree), _chosen(tree)) if one and not _is_shown(one, tree)]
    if measures and (place := from_place(sql, tree)):
        column = _named(measures[0])
        yield Mend(place, place, f", {column} ", f"+ {column}")


def numbered(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """Who asks for a rank gets it as a column, by what the statement puts its rows in order.

    Not where the schema has ranks of its own, as a crew has.
    """
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or not _RANKS.search(question) or _has_ranks(schema):
        return
    order = tree.args.get("order")
    if not order or tree.find(exp.Window) or tree.args.get("distinct") or tree.is_star:
        return
    first = order.expressions[0]
    by = meant(first.this, tree).unalias().sql("mysql")  # a window knows no aliases
    if PLACE not in tree.named_selects and (place := from_place(sql, tree)):
        falling = " DESC" if first.args.get("desc") else ""
        column = f"RANK() OVER (ORDER BY {by}{falling}) AS {PLACE}"
        yield Mend(place, place, f", {column} ", f"+ {column}")


def _has_ranks(schema: Schema) -> bool:
    return any(_RANKS.search(c.name.replace("_", " ")) for t in schema.tables for c in t.columns)


def _ranked(tree: exp.Select) -> exp.Expr | None:
    """What the first rows are the first by."""
    order = tree.args.get("order")
    measure = order.expressions[0].this if order and tree.args.get("limit") else None
    if isinstance(measure, exp.Column):  # beside totals it would be any row's
        return None if totals(tree) or tree.args.get("group") else measure
    return measure if isinstance(measure, exp.AggFunc) else None


def _chosen(tree: exp.Select) -> exp.Expr | None:
    """The total that HAVING compares with a number, where there is one such."""
    having = tree.args.get("having")
    compared = having.this if having else None
    if not isinstance(compared, exp.GT | exp.GTE | exp.LT | exp.LTE):
        return None
    sides = compared.this, compared.expression
    return sides[0] if isinstance(sides[0], exp.AggFunc) and sides[1].is_number else None


def _is_shown(measure: exp.Expr, tree: exp.Select) -> bool:
    """Whether a projection is it, is called so, or may hold it, as * does."""
    names = {projection.alias_or_name.lower() for projection in tree.expressions}
    written = {projection.unalias().sql() for projection in tree.expressions}
    called = isinstance(measure, exp.Column) and measure.name.lower() in names
    return called or measure.sql() in written or tree.is_star or bool(names & set(_NAMES.values()))


def _named(measure: exp.Expr) -> str:
    if isinstance(measure, exp.Column):
        return measure.sql("mysql")
    return f"{measure.sql('mysql')} AS {_NAMES.get(type(measure), 'measure')}"


def from_place(sql: str, tree: exp.Expr) -> int | None:
    """Where FROM begins, behind all that is selected; EXTRACT has a FROM of its own."""
    ends = (
        node.meta["end"]
        for projection in tree.expressions
        for node in projection.walk()
        if "end" in node.meta
    )
    found = _FROM.search(sql, max(ends, default=0))
    return found.start() if found else None
