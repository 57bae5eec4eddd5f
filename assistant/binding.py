"""Facts about the model's statement that the schema knows and the database's message does not."""

import re
from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistant.schema import Schema

# How MySQL, MariaDB and SQLite name what they do not find.
_UNKNOWN = re.compile(
    r"Unknown column '([^']+)'|Unknown table '([^']+)'|Table '([^']+)' doesn't exist"
    r"|no such column: (\S+)|no such table: (\S+)",
    re.IGNORECASE,
)


def unknown_name(message: str) -> str | None:
    """The table or column that the database did not find, without its qualifier."""
    found = _UNKNOWN.search(message)
    return next(g for g in found.groups() if g).rsplit(".", 1)[-1] if found else None


def reads_a_table(sql: str) -> bool:
    """Whether rows can come from data; a statement that is not understood gets the doubt."""
    try:
        tree = sqlglot.parse_one(sql, read="mysql")
    except SqlglotError:
        return True
    return tree.find(exp.Table) is not None or not isinstance(tree, exp.Query)


def error_facts(message: str, sql: str, schema: Schema) -> str:
    """The database's message, and where the missing name can be found."""
    name = unknown_name(message)
    facts = [message.rstrip(".") + "."]
    if name and (owners := [table.name for table in schema.owners(name)]):
        facts.append(f"{name} is a column of {', '.join(owners)}.")
        facts += [path for owner in owners[:2] for path in _joins(owner, sql, schema)]
    elif name and (near := _nearest(name, schema)):
        facts.append(f"The nearest names are {', '.join(near)}.")
    return "\n".join(facts)


def empty_facts(sql: str, schema: Schema) -> str | None:
    """For a statement without rows: compared values that their column does not hold.

    None when every compared value exists or its column's values are not known; then zero rows
    are the answer.
    """
    facts = []
    for column, literal in _comparisons(sql):
        known = _known_values(column, schema)
        if known and literal not in known:
            facts.append(f"{column} is never '{literal}'; its values are {', '.join(known)}.")
    return "No rows. " + " ".join(facts) if facts else None


def _known_values(column: str, schema: Schema) -> tuple[str, ...]:
    for table in schema.owners(column):
        found = table.column(column)
        if found and found.values:
            return found.values
    return ()


def _comparisons(sql: str) -> list[tuple[str, str]]:
    """(column, literal) of every `column = 'literal'`; none when the statement is not parsed."""
    try:
        tree = sqlglot.parse_one(sql, read="mysql")
    except SqlglotError:
        return []
    return [
        (equal.left.name, equal.right.name)
        for equal in tree.find_all(exp.EQ)
        if isinstance(equal.left, exp.Column)
        and isinstance(equal.right, exp.Literal)
        and equal.right.is_string
    ]


def _nearest(name: str, schema: Schema) -> list[str]:
    names = {table.name: table.name for table in schema.tables}
    for table in schema.tables:
        names |= {column.name: f"{table.name}.{column.name}" for column in table.columns}
    return [names[near] for near in get_close_matches(name, names, n=3, cutoff=0.6)]


def _joins(owner: str, sql: str, schema: Schema) -> list[str]:
    """How `owner` joins a table that the statement already uses."""
    used = {
        table.name for table in schema.tables if re.search(rf"\b{re.escape(table.name)}\b", sql)
    }
    if owner in used:
        return []
    links = []
    for table in schema.tables:
        for key in table.foreign_keys:
            if {table.name, key.table} <= used | {owner} and owner in (table.name, key.table):
                pairs = zip(key.columns, key.ref_columns, strict=True)
                on = " AND ".join(f"{table.name}.{a} = {key.table}.{b}" for a, b in pairs)
                links.append(f"Join it ON {on}.")
    return links
