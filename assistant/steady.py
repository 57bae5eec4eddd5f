"""The same statement gives the same rows: groups that are equal come in the order of their keys."""

import re
from dataclasses import replace

from sqlglot import exp

from assistant.mends import Bound
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, only, owner

_LIMIT = re.compile(r"\bLIMIT\b", re.IGNORECASE)


def steadied(bound: Bound, schema: Schema) -> Bound:
    """With `steady` done; nothing that the statement means is changed, so it is no mend."""
    return replace(bound, sql=steady(bound.sql, schema))


def steady(sql: str, schema: Schema) -> str:
    """The statement with such an order, where groups are cut by a LIMIT: the server would choose
    among equal ones as it likes.

    Rows that are no groups are left alone: an index may give them in their order.
    """
    for scope in only(sql):
        tree = scope.expression
        group, order = tree.args.get("group"), tree.args.get("order")
        if not (group and order and tree.args.get("limit")):
            continue
        keys = _keys(group, base_tables(scope, schema))
        if keys and not {key.name for key in keys} & {one.this.name for one in order.expressions}:
            *_, limit = _LIMIT.finditer(sql)
            names = ", ".join(key.sql("mysql") for key in keys)
            return f"{sql[: limit.start()].rstrip()}, {names} {sql[limit.start() :]}"
    return sql


def _keys(group: exp.Group, tables: dict[str, Table]) -> list[exp.Column]:
    """The columns that tell the groups apart: a key of its own suffices."""
    columns = [one for one in group.expressions if isinstance(one, exp.Column)]
    if len(columns) < len(group.expressions):
        return []
    for column in columns:
        alias = owner(column, tables)
        if alias and tables[alias].primary_key == (column.name,):
            return [column]
    return columns
