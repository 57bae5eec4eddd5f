"""Facts for a repair: what the schema knows and the database's message does not say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlglot import exp

from assistant.nouns import english
from assistant.schema import Schema
from assistant.scopes import parsed, scopes_of

# How MySQL, MariaDB and SQLite name what they do not find.
_UNKNOWN = re.compile(
    r"Unknown column '([^']+)'|Unknown table '([^']+)'|Table '([^']+)' doesn't exist"
    r"|no such column: (\S+)|no such table: (\S+)",
    re.IGNORECASE,
)

# How they refuse a total in WHERE.
_MISPLACED = re.compile("Invalid use of group function|misuse of aggregate", re.IGNORECASE)

_COUNT_NAME = re.compile("^(?:num|number_of|count|count_of)_|_(?:count|number|num)$")

_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d.*)?")


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
    # The source of a subquery or a WITH is a scope of its own; only a table is data.
    scopes = scopes_of(sql)
    sources = (source for scope in scopes for source in scope.sources.values())
    return not scopes or any(isinstance(source, exp.Table) for source in sources)


def error_facts(message: str, sql: str, schema: Schema) -> str:
    """The database's message, and where the missing name is and how to get there."""
    facts = [message.rstrip(".") + "."]
    if _MISPLACED.search(message):
        facts.append("A condition on a total belongs in HAVING, behind GROUP BY.")
    qualifier, name = _unknown(message)
    owners = [table.name for table in schema.owners(name)] if name else []
    if owners:
        facts.append(f"{name} is in {', '.join(owners)}.")
        starts = _called(qualifier, sql, schema) or _tables(sql, schema)
        if path := _path(starts, owners, schema):
            facts.append(f"Join so: FROM {path}.")
    elif name in own_names(sql):
        facts.append(f"{name} is named by this SELECT itself: repeat its expression, in HAVING.")
    elif name and (counted := _counted(name, schema)):
        facts.append(f"{name} is not stored: COUNT the rows of {counted}.")
    elif name and (near := _nearest(name, schema)):
        facts.append(f"The nearest names are {', '.join(near)}.")
    return "\n".join(facts)


def unread(names: Sequence[str], sql: str, schema: Schema) -> str:
    """How to get to the first of these tables that the statement does not read; "" for none."""
    read = _tables(sql, schema)
    path = next((p for n in names if n not in read and (p := _path(read, [n], schema))), "")
    return f" Join so: FROM {path}." if path else ""


def own_names(sql: str) -> set[str]:
    """The names that the statement gives with AS."""
    tree = parsed(sql)
    return {alias.alias for alias in tree.find_all(exp.Alias)} if tree else set()


@dataclass(frozen=True, slots=True)
class Compared:
    """A literal that a statement compares a column with; `values`: the column's few, if known."""

    column: str
    literal: str
    values: tuple[str, ...]

    def fact(self, nearest: Sequence[str]) -> str:
        """What the column holds instead."""
        told = self.values or nearest
        kind = "its values are" if self.values else "the nearest stored values are"
        return f"{self.column} is never '{self.literal}'; {kind} {', '.join(told)}."


def unmatched(sql: str, schema: Schema) -> list[Compared]:
    """Compared literals that the schema's few values lack, or that it cannot tell of."""
    found = []
    for column, literal in _comparisons(sql):
        values = _known_values(column, schema)
        if literal not in values:
            found.append(Compared(column, literal, values))
    return list(dict.fromkeys(found))


def _known_values(column: str, schema: Schema) -> tuple[str, ...]:
    for table in schema.owners(column):
        found = table.column(column)
        if found and found.values:
            return found.values
    return ()


def _comparisons(sql: str) -> Iterator[tuple[str, str]]:
    """(column, literal) of every = and LIKE with a text; none when the statement is not parsed."""
    tree = parsed(sql)
    for compared in tree.find_all(exp.EQ, exp.Like) if tree else ():
        column, literal = compared.this, compared.expression
        if isinstance(column, exp.Column) and isinstance(literal, exp.Literal):
            text = literal.this.strip("%") if literal.is_string else ""
            if text and not _DATE.fullmatch(text):
                yield column.name, text


def _counted(name: str, schema: Schema) -> str | None:
    """The table whose rows a missing name like order_count, num_orders or orders stands for."""
    bare, counts = _COUNT_NAME.subn("", name.lower())
    for table in schema.tables:
        if table.name.lower() == bare or (counts and re.fullmatch(english(table.name), bare)):
            return table.name
    return None


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
