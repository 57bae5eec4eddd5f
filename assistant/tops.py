"""The first of each group, where the statement takes the first of all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.asked import asks_for_first, each, noun, units
from assistant.linking import fold
from assistant.mends import Mend
from assistant.ranking import from_place
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, owner, scopes_of, spelled, totals

PLACE = "place"
_ORDER = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_PERIODS = {"年": "year", "四半期": "quarter", "月": "month", "週": "week", "日": "day"}


@dataclass(frozen=True, slots=True)
class _Top:
    """ORDER BY … LIMIT of a statement, read: the first `count` rows by `measure`."""

    scope: Scope
    tables: dict[str, Table]
    measure: str
    count: int

    @property
    def shown(self) -> list[exp.Expr]:
        found: list[exp.Expr] = self.scope.expression.expressions
        return found

    @property
    def keys(self) -> list[exp.Expr]:
        group = self.scope.expression.args.get("group")
        return list(group.expressions) if group else []


def first_of_each(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """ORDER BY … LIMIT 3 becomes a place within each group where the question says "for each".

    Only where the group is selected, and the rows are of something finer.
    """
    top = _top(sql, schema) if asks_for_first(question) else None
    parts = [_group(unit, top) for unit in units(question)] if top else []
    begin = from_place(sql, top.scope.expression) if top else None
    if top and begin and len(parts) == 1 and parts[0]:
        yield from _placed(sql, top, parts[0], begin)


def _placed(sql: str, top: _Top, part: exp.Expr, begin: int) -> Iterator[Mend]:
    """The statement becomes an inner one that also tells the place; FROM begins at `begin`."""
    function = "RANK" if top.count == 1 else "ROW_NUMBER"
    by = f"PARTITION BY {_whole(part, top)} ORDER BY {top.measure}"
    place = f"{function}() OVER ({by})"
    told = f"LIMIT {top.count} → {place} <= {top.count}"
    apart = list(_called_apart(top))
    [name] = [called for one, called in apart if one is part] or [spelled(part.alias_or_name)]
    *_, order = _ORDER.finditer(sql)
    behind = f") AS ranked WHERE {PLACE} <= {top.count} ORDER BY {name}, {PLACE}"
    yield Mend(0, 0, "SELECT * FROM (", told)
    for one, called in apart:
        end = one.this.meta["end"] + 1
        yield Mend(end, end, f" AS {called}", told)
    yield Mend(begin, begin, f", {place} AS {PLACE} ", told)
    yield Mend(order.start(), len(sql), behind, told)


def _whole(part: exp.Expr, top: _Top) -> str:
    """What tells the groups apart: the key of the table, where a row of it is one group."""
    column = part.unalias()
    alias = owner(column, top.tables) if isinstance(column, exp.Column) else None
    table = top.tables[alias] if alias else None
    keys = [spelled(str(alias), key) for key in table.primary_key] if table else []
    grouped = {key.sql("mysql") for key in top.keys}
    if table and column.name in table.naming and keys and (not grouped or {*keys} <= grouped):
        return ", ".join(keys)
    return str(column.sql("mysql"))


def first_of_all(question: str, sql: str, schema: Schema) -> str | None:
    """What the first of each is asked for, where the statement takes the first of all."""
    top = _top(sql, schema) if asks_for_first(question) else None
    if top is None:
        return None
    for unit in each(question):
        shown = any(_stands_for(unit, part, top.tables) for part in top.shown)
        if not shown and _is_known(unit, schema):
            return unit
    return None


def _is_known(unit: str, schema: Schema) -> bool:
    """Whether a table or a column of the schema is called so."""
    return any(
        re.fullmatch(noun(table.name), unit)
        or fold(table.comment) == fold(unit)
        or any(unit in {c.name.lower(), fold(c.comment)} for c in table.columns)
        for table in schema.tables
    )


def _top(sql: str, schema: Schema) -> _Top | None:
    scopes = scopes_of(sql)
    tree = scopes[0].expression if len(scopes) == 1 else None
    if not isinstance(tree, exp.Select) or tree.args.get("distinct") or tree.args.get("offset"):
        return None
    limit, order = tree.args.get("limit"), tree.args.get("order")
    count, keys = limit and limit.expression, order.expressions if order else []
    names = {one.alias_or_name.lower() for one in tree.expressions}
    if not isinstance(count, exp.Literal) or len(keys) != 1 or tree.is_star:
        return None
    if tree.find(exp.Window) or PLACE in names:
        return None
    way = " DESC" if keys[0].args.get("desc") else ""
    measure = f"{_meant(keys[0].this, tree)}{way}"
    return _Top(scopes[0], base_tables(scopes[0], schema), measure, int(count.this))


def _called_apart(top: _Top) -> Iterator[tuple[exp.Expr, str]]:
    """Names for columns that are called the same, as those of an inner SELECT must not be."""
    names = [one.alias_or_name.lower() for one in top.shown]
    for one in top.shown:
        alias = owner(one, top.tables) if isinstance(one, exp.Column) else None
        if alias and names.count(one.name.lower()) > 1:
            yield one, spelled(f"{top.tables[alias].name}_{one.name}")


def _meant(measure: exp.Expr, tree: exp.Select) -> str:
    """A window knows no aliases of the SELECT that it stands in."""
    aliases = {one.alias: one.unalias() for one in tree.expressions if one.alias}
    known = isinstance(measure, exp.Column) and not measure.table
    found = aliases.get(measure.name, measure) if known else measure
    return str(found.sql("mysql"))


def _group(unit: str, top: _Top) -> exp.Expr | None:
    """The selected column that stands for the unit, where the rows are finer than it."""
    parts = [part for part in top.shown if _stands_for(unit, part, top.tables)]
    if not parts or not parts[0].alias_or_name or parts[0].find(exp.AggFunc):
        return None
    if totals(top.scope.expression) or top.keys:
        aliases = {one.alias: one for one in top.shown if one.alias}
        keys = (aliases.get(key.name, key) for key in top.keys)
        finer = any(not _stands_for(unit, key, top.tables) for key in keys)
    else:
        finer = not _is_key(parts[0], top)
    return parts[0] if finer else None


def _is_key(part: exp.Expr, top: _Top) -> bool:
    """Whether no rows but its own would share it: a name of the only table that is read."""
    column = part.unalias()
    alias = owner(column, top.tables) if isinstance(column, exp.Column) else None
    if alias is None:
        return False
    table = top.tables[alias]
    own = [*table.primary_key, *table.naming]
    return column.name in own and not any(
        key.table == table.name for other in top.tables.values() for key in other.foreign_keys
    )


def _stands_for(unit: str, part: exp.Expr, tables: dict[str, Table]) -> bool:
    """Whether it is called as the unit, or is a column of a table, or a column, that is."""
    word = _PERIODS.get(unit, unit)
    column = part.unalias()
    if part.alias.lower() == word:
        return True
    alias = owner(column, tables) if isinstance(column, exp.Column) else None
    if alias is None:
        return False
    table, found = tables[alias], tables[alias].column(column.name)
    called = column.name.lower() == word or bool(found and fold(found.comment) == fold(unit))
    own = re.fullmatch(noun(table.name), word) or fold(table.comment).endswith(fold(unit))
    return called or bool(own and column.name in [*table.primary_key, *table.naming])
