"""An average of a row's own group, where the statement compares with the average of all."""

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from assistant.folding import fold
from assistant.mends import Mend
from assistant.nouns import either
from assistant.schema import Schema, SchemaColumn, Table
from assistant.scopes import base_tables, owner, scopes_of, spelled

_PEERS = "peers"
"""What the group is called in the inner SELECT."""
_OWN = re.compile(r"\b(?:their|its|his|her|the same)(?: own)? (?P<what>[a-z ]+)")
_OWN_JA = re.compile(
    r"(?:同じ|自分の|所属する|所属|その)(?P<what>[^、。？?]{1,12}?)(?:内の|における|の)平均"
)


def compared_with_own(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """pay > (SELECT AVG(pay) FROM staff) looks at one branch where it says "of their branch"."""
    scopes = scopes_of(sql)
    if len(scopes) != 2:
        return
    inner, outer = scopes
    column, tables = _compared_with(inner), base_tables(outer, schema)
    alias = owner(column, tables) if column else None
    if not column or not alias or not _is_mean_of(column.name, inner, tables[alias], schema):
        return
    groups = _own_groups(tables[alias], schema, fold(question))
    if len(groups) == 1 and (place := _bracket(sql, column.this.meta.get("end"))):
        mean = _mean_of_peers(column.name, alias, tables[alias], groups[0])
        yield Mend(*place, mean, f"{sql[slice(*place)]} → {mean}")


def _compared_with(inner: Scope) -> exp.Column | None:
    """The column that the inner SELECT is the measure of."""
    subquery = inner.expression.parent
    compared = subquery.parent if isinstance(subquery, exp.Subquery) else None
    column = compared.this if isinstance(compared, exp.GT | exp.GTE | exp.LT | exp.LTE) else None
    return column if isinstance(column, exp.Column) else None


def _mean_of_peers(column: str, alias: str, table: Table, group: str) -> str:
    equal = f"{spelled(_PEERS, group)} = {spelled(alias, group)}"
    mean = f"AVG({spelled(_PEERS, column)})"
    return f"(SELECT {mean} FROM {spelled(table.name)} AS {_PEERS} WHERE {equal})"  # noqa: S608 - spelled


def _is_mean_of(column: str, inner: Scope, table: Table, schema: Schema) -> bool:
    """Whether the inner SELECT is the average of the same column, over all rows."""
    tree, tables = inner.expression, base_tables(inner, schema)
    means = [one.unalias() for one in tree.expressions]
    own = [one for one in tables.values() if one.name == table.name]
    narrowed = any(tree.args.get(part) for part in ("group", "having", "limit"))
    if len(means) != 1 or not isinstance(means[0], exp.Avg) or not own or narrowed:
        return False
    where = tree.args.get("where")
    literal = where and (where.find(exp.Literal) or where.find(exp.Placeholder))
    of = means[0].this
    outer = any(one.table and one.table not in inner.sources for one in inner.external_columns)
    return isinstance(of, exp.Column) and of.name == column and not literal and not outer


def _own_groups(table: Table, schema: Schema, question: str) -> list[str]:
    """The columns of the table that say which group of the question's a row belongs to."""
    found = _OWN.search(question) or _OWN_JA.search(question)
    if found is None:
        return []
    what = found["what"]
    keys = {key.columns[0]: schema.table(key.table) for key in table.foreign_keys}
    pointing = [c for c, other in keys.items() if other and _speaks_of(other, what)]
    named = [one.name for one in table.columns if one.name not in keys and _speaks_of(one, what)]
    return pointing or named


def _speaks_of(called: Table | SchemaColumn, what: str) -> bool:
    return re.search(either(called), what) is not None


def _bracket(sql: str, column_end: int | None) -> tuple[int, int] | None:
    """From the first bracket behind the column to the one that closes it."""
    start = sql.find("(", column_end) if column_end is not None else -1
    depth = 0
    for place in range(start, len(sql)) if start >= 0 else ():
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if depth == 0:
            return start, place + 1
    return None
