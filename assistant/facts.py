"""Facts for a repair: what the schema knows and the database's message does not say."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from assistant.schema import Schema

# How MySQL, MariaDB and SQLite name what they do not find.
_UNKNOWN = re.compile(
    r"Unknown column '([^']+)'|Unknown table '([^']+)'|Table '([^']+)' doesn't exist"
    r"|no such column: (\S+)|no such table: (\S+)",
    re.IGNORECASE,
)


def unknown_name(message: str) -> str | None:
    """The table or column that the database did not find, without its qualifier."""
    return _unknown(message)[1] or None


def _unknown(message: str) -> tuple[str, str]:
    """(qualifier, name) of what was not found; empty where there is none."""
    found = _UNKNOWN.search(message)
    parts = next(g for g in found.groups() if g).split(".") if found else [""]
    return (parts[-2] if len(parts) > 1 else "", parts[-1])


def reads_a_table(sql: str) -> bool:
    """Whether rows can come from data; a statement that is not understood gets the doubt."""
    try:
        tree = sqlglot.parse_one(sql, read="mysql")
        scopes = traverse_scope(tree)
    except SqlglotError:
        return True
    # The source of a subquery or a WITH is a scope of its own; only a table is data.
    sources = (source for scope in scopes for source in scope.sources.values())
    return not isinstance(tree, exp.Query) or any(isinstance(s, exp.Table) for s in sources)


def error_facts(message: str, sql: str, schema: Schema) -> str:
    """The database's message, and where the missing name is and how to get there."""
    facts = [message.rstrip(".") + "."]
    qualifier, name = _unknown(message)
    owners = [table.name for table in schema.owners(name)] if name else []
    if owners:
        facts.append(f"{name} is in {', '.join(owners)}.")
        starts = _called(qualifier, sql, schema) or _tables(sql, schema)
        if path := _path(starts, owners, schema):
            facts.append(f"Join so: FROM {path}.")
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


def _tables(sql: str, schema: Schema) -> list[str]:
    """Tables of the schema that the statement names."""
    words = set(re.findall(r"\w+", sql.lower()))
    return [table.name for table in schema.tables if table.name.lower() in words]


def _called(alias: str, sql: str, schema: Schema) -> list[str]:
    """The table that the statement calls by this alias, if any."""
    names = "|".join(re.escape(table.name) for table in schema.tables)
    found = re.search(rf"\b({names})`?\s+(?:as\s+)?`?{re.escape(alias)}\b", sql, re.IGNORECASE)
    return [found[1]] if alias and found else []


def _path(starts: list[str], goals: list[str], schema: Schema) -> str:
    """The shortest chain of joins from a table in use to an owner; empty when there is none."""
    links = list(_links(schema))
    queue = [(start, start, {start}) for start in starts]
    while queue:
        here, chain, seen = queue.pop(0)
        if here in goals and len(seen) > 1:
            return chain
        for left, right, condition in links:
            for near, far in ((left, right), (right, left)):
                if near == here and far not in seen:
                    queue.append((far, f"{chain} JOIN {far} ON {condition}", seen | {far}))
    return ""


def _links(schema: Schema) -> Iterator[tuple[str, str, str]]:
    """(table, referenced table, join condition) of every foreign key."""
    for table in schema.tables:
        for key in table.foreign_keys:
            pairs = zip(key.columns, key.ref_columns, strict=True)
            yield (
                table.name,
                key.table,
                " AND ".join(f"{table.name}.{a} = {key.table}.{b}" for a, b in pairs),
            )
