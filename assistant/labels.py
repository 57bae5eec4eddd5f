"""What a row is about stands in it: the group of a total, the name behind an id."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.mends import Mend
from assistant.names import tables_end, told_apart
from assistant.ranking import from_place
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, names_rows, owner, parsed, scopes_of, spelled, totals

MOST_NAMES = 2


def group_shown(sql: str, schema: Schema) -> Iterator[Mend]:
    """SELECT AVG(x) … GROUP BY y selects y too: a total alone says not whose it is."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Select) or not tree.args.get("group"):
        return
    keys = [key for key in tree.args["group"].expressions if isinstance(key, exp.Column)]
    if keys and all(projection.find(exp.AggFunc) for projection in tree.expressions):
        yield from _selected(sql, tree, [key.sql("mysql") for key in keys])


def group_named(sql: str, schema: Schema) -> Iterator[Mend]:
    """GROUP BY country, customer_id names the customer: else nobody knows whose a row is."""
    scopes = scopes_of(sql)
    tree = scopes[0].expression if len(scopes) == 1 else None
    if not isinstance(tree, exp.Select) or not tree.args.get("group"):
        return
    tables = base_tables(scopes[0], schema)
    groups = tree.args["group"].expressions
    keys = [key for key in groups if isinstance(key, exp.Column) and _is_id(key, tables)]
    parts = [one.unalias() for one in tree.expressions]
    shown = {owner(part, tables) for part in parts if names_rows(part, tables)}
    hidden = [key for key in keys if key not in parts and not shown & _who(key, tables, schema)]
    if hidden and any(isinstance(part, exp.Column) for part in parts):
        yield from _names_of(hidden[0], sql, scopes[0], schema)


def _who(key: exp.Column, tables: dict[str, Table], schema: Schema) -> set[str]:
    """The aliases under which the table stands whose rows the key is for."""
    alias = str(owner(key, tables))
    referred = schema.table(tables[alias].reference(key.name).partition(".")[0])
    return {alias} if referred is None else {a for a, t in tables.items() if t is referred}


def named(sql: str, schema: Schema) -> Iterator[Mend]:
    """Where only ids and totals are selected, the names of what the first id is for are too."""
    scopes = scopes_of(sql)
    if len(scopes) != 1 or not isinstance(scopes[0].expression, exp.Select):
        return
    scope, tree = scopes[0], scopes[0].expression
    tables = base_tables(scope, schema)
    parts = [projection.unalias() for projection in tree.expressions]
    ids = [part for part in parts if not part.find(exp.AggFunc)]
    if tree.args.get("distinct") or not ids or not all(_is_id(one, tables) for one in ids):
        return
    if totals(tree) and not tree.args.get("group"):
        return
    if isinstance(first := ids[0], exp.Column):
        yield from _names_of(first, sql, scope, schema)


def _is_id(part: exp.Expr, tables: dict[str, Table]) -> bool:
    """Whether it is the key of its table, or points at one."""
    alias = owner(part, tables) if isinstance(part, exp.Column) else None
    if alias is None:
        return False
    return tables[alias].primary_key == (part.name,) or bool(tables[alias].reference(part.name))


def _names_of(key: exp.Column, sql: str, scope: Scope, schema: Schema) -> Iterator[Mend]:
    """The names are selected and grouped by, and their table is joined where it is not yet."""
    tables = base_tables(scope, schema)
    alias = str(owner(key, tables))
    referred, _, column = tables[alias].reference(key.name).partition(".")
    table = schema.table(referred) if referred else tables[alias]
    if table is None or not table.naming:
        return
    joined = [a for a, t in tables.items() if t is table] if referred else [alias]
    names = [spelled((joined or [table.name])[0], name) for name in table.naming[:MOST_NAMES]]
    grouped = _group_end(scope.expression)
    if len(joined) > 1 or grouped is None:
        return
    if not joined:
        place = tables_end(sql, scope)
        equal = f"{spelled(alias, key.name)} = {spelled(table.name, column)}"
        way = f"LEFT JOIN {spelled(table.name)} ON {equal}"
        yield Mend(place, place, f" {way} ", f"+ {way}")
        yield from told_apart(scope, tables, table)
    if grouped:
        yield Mend(grouped, grouped, f", {', '.join(names)}", f"+ {', '.join(names)}")
    yield from _selected(sql, scope.expression, names)


def _group_end(tree: exp.Expr) -> int | None:
    """Behind the last key of GROUP BY; 0 without one, None where it is no plain column."""
    group = tree.args.get("group")
    if not group:
        return 0
    last = group.expressions[-1]
    return (
        last.this.meta["end"] + 1
        if isinstance(last, exp.Column) and "end" in last.this.meta
        else None
    )


def _selected(sql: str, tree: exp.Expr, columns: list[str]) -> Iterator[Mend]:
    if place := from_place(sql, tree):
        told = ", ".join(columns)
        yield Mend(place, place, f", {told} ", f"+ {told}")
