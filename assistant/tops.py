"""The first of each group, where the statement takes the first of all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.asked import asks_for_first, each, units
from assistant.folding import fold
from assistant.mends import Mend
from assistant.nouns import either, japanese
from assistant.ranking import PLACE, from_place
from assistant.schema import Schema, Table
from assistant.scopes import (
    above_it,
    base_tables,
    end_of_conditions,
    meant,
    names_rows,
    owner,
    scopes_of,
    spelled,
    totals,
)

_PERIODS = {"年": "year", "四半期": "quarter", "月": "month", "週": "week", "日": "day"}


@dataclass(frozen=True, slots=True)
class Top:
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
        """What the rows are grouped by, a position or an alias as what it stands for."""
        group = self.scope.expression.args.get("group")
        return [meant(key, self.scope.expression) for key in group.expressions] if group else []


def first_of_each(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """ORDER BY … LIMIT 3 becomes a place within each group where the question says "for each".

    Only where the group is selected, and the rows are of something finer.
    """
    top = top_of(sql, schema) if asks_for_first(question) else None
    parts = [_group(unit, top) for unit in units(question)] if top else []
    begin = from_place(sql, top.scope.expression) if top else None
    if top and begin and len(parts) == 1 and parts[0]:
        yield from _placed(sql, top, parts[0], begin)


def _placed(sql: str, top: Top, part: exp.Expr, begin: int) -> Iterator[Mend]:
    """The statement becomes an inner one that also tells the place; FROM begins at `begin`."""
    function = "RANK" if top.count == 1 else "ROW_NUMBER"
    order = ", ".join([top.measure, *_of_equals(part, top)])
    by = f"PARTITION BY {_whole(part, top)} ORDER BY {order}"
    place = f"{function}() OVER ({by})"
    told = f"LIMIT {top.count} → {place} <= {top.count}"
    apart = list(_called_apart(top))
    [name] = [called for one, called in apart if one is part] or [spelled(part.alias_or_name)]
    behind = f") AS ranked WHERE {PLACE} <= {top.count} ORDER BY {name}, {PLACE}"
    yield Mend(0, 0, "SELECT * FROM (", told)
    for one, called in apart:
        end = one.this.meta["end"] + 1
        yield Mend(end, end, f" AS {called}", told)
    yield Mend(begin, begin, f", {place} AS {PLACE} ", told)
    yield Mend(end_of_conditions(sql, top.scope.expression), len(sql), behind, told)


def _of_equals(part: exp.Expr, top: Top) -> Iterator[str]:
    """What equal ones are ordered by where only some have a place: the same rows each time."""
    for key in top.keys if top.count > 1 else ():
        if isinstance(key, exp.Column) and key != part.unalias():
            yield key.sql("mysql")


def _whole(part: exp.Expr, top: Top) -> str:
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
    top = top_of(sql, schema) if asks_for_first(question) else None
    if top is None:
        return None
    for unit in each(question):
        shown = any(stands_for(unit, part, top.tables) for part in top.shown)
        if not shown and _is_known(unit, schema):
            return unit
    return None


def _is_known(unit: str, schema: Schema) -> bool:
    """Whether a table or a column of the schema is called so."""
    return any(
        re.fullmatch(either(table), fold(unit))
        or any(unit in {c.name.lower(), fold(c.comment)} for c in table.columns)
        for table in schema.tables
    )


def top_of(sql: str, schema: Schema) -> Top | None:
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
    measure = f"{meant(keys[0].this, tree).unalias().sql('mysql')}{way}"
    return Top(scopes[0], base_tables(scopes[0], schema), measure, int(count.this))


def _called_apart(top: Top) -> Iterator[tuple[exp.Expr, str]]:
    """Names for columns that are called the same, as those of an inner SELECT must not be."""
    names = [one.alias_or_name.lower() for one in top.shown]
    for one in top.shown:
        alias = owner(one, top.tables) if isinstance(one, exp.Column) else None
        if alias and names.count(one.name.lower()) > 1:
            yield one, spelled(f"{top.tables[alias].name}_{one.name}")


def _group(unit: str, top: Top) -> exp.Expr | None:
    """The selected column that stands for the unit, where the rows are finer than it."""
    parts = [part for part in top.shown if stands_for(unit, part, top.tables)]
    if not parts or not parts[0].alias_or_name or parts[0].find(exp.AggFunc):
        return None
    if totals(top.scope.expression) or top.keys:
        finer = any(_is_finer(key, parts, top) for key in top.keys)
    else:  # rows as they are: many share what is no name, and the name of what they point at
        alias = _of(parts[0], top)
        finer = not names_rows(parts[0], top.tables) or (
            alias is not None and _is_shared(alias, top)
        )
    return parts[0] if finer else None


def _of(part: exp.Expr, top: Top) -> str | None:
    """The table whose column it is."""
    column = part.unalias()
    return owner(column, top.tables) if isinstance(column, exp.Column) else None


def _is_finer(key: exp.Expr, parts: list[exp.Expr], top: Top) -> bool:
    """Whether a group that `parts` stand for has several values of this key."""
    group, of = _of(parts[0], top), _of(key, top)
    above = above_it(group, top.tables)
    if any(names_rows(part, top.tables) for part in parts):
        return any(not _leads_to(column, top) & above for column in key.find_all(exp.Column))
    # Beside a country or a month only names are certain to be more than another word for it.
    return key not in parts and names_rows(key, top.tables) and (of == group or of not in above)


def _leads_to(column: exp.Column, top: Top) -> set[str]:
    """The table that the column is of, and the one that it points at; all if not known."""
    alias = owner(column, top.tables)
    if alias is None:
        return set(top.tables)
    referred = top.tables[alias].reference(column.name).partition(".")[0]
    return {alias, *(other for other, table in top.tables.items() if table.name == referred)}


def _is_shared(alias: str | None, top: Top) -> bool:
    """Whether other tables of the statement point at its rows."""
    name = top.tables[alias].name if alias else None
    return any(key.table == name for table in top.tables.values() for key in table.foreign_keys)


def stands_for(unit: str, part: exp.Expr, tables: dict[str, Table]) -> bool:
    """Whether it is called as the unit, or is a column of a table, or a column, that is."""
    word = _PERIODS.get(unit, unit)
    column = part.unalias()
    if part.alias.lower() == word:
        return True
    alias = owner(column, tables) if isinstance(column, exp.Column) else None
    if alias is None:
        return False
    table, found = tables[alias], tables[alias].column(column.name)
    if column.name.lower() == word or (found and re.fullmatch(japanese(found), fold(unit))):
        return True
    own = re.fullmatch(either(table), fold(word)) or fold(table.comment).endswith(fold(unit))
    return bool(own and column.name in [*table.primary_key, *table.naming])
