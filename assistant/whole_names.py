"""First names alone name nobody: the last name stands beside them."""

import re
from collections.abc import Iterator

from sqlglot import exp

from assistant.mends import Mend
from assistant.schema import Schema, Table
from assistant.scopes import base_tables, only, owner, spelled

_PART = re.compile(r"(?:first|given|last|family|sur)_?name", re.IGNORECASE)
_ASKED = re.compile(
    r"\b(?:first|given|last|family) ?names?\b|\bsurnames?\b|名字|苗字|姓|下の名前", re.I
)


def both_names(sql: str, schema: Schema, question: str) -> Iterator[Mend]:
    """SELECT first_name selects last_name too, unless one of them is what is asked for."""
    for scope in only(sql) if not _ASKED.search(question) else ():
        tree, tables = scope.expression, base_tables(scope, schema)
        shown = [one for one in tree.expressions if isinstance(one, exp.Column)]
        group = tree.args.get("group")
        for column in shown:
            alias = owner(column, tables)
            other = _other(column.name, tables[alias]) if alias else None
            if alias is None or other is None or other in {one.name for one in shown}:
                continue
            for place in (column, *(group.expressions if group else ())):
                if isinstance(place, exp.Column) and place == column:
                    end, name = place.this.meta["end"] + 1, spelled(alias, other)
                    yield Mend(end, end, f", {name}", f"+ {name}")


def _other(name: str, table: Table) -> str | None:
    """The other half of a person's name; None where the name is whole."""
    halves = [one.name for one in table.columns if _PART.fullmatch(one.name)]
    others = [one for one in halves if one != name]
    return others[0] if name in halves and len(others) == 1 else None
