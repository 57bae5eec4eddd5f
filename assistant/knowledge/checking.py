"""Knowledge held against the schema: what has gone stale since it was written."""

from collections.abc import Iterator

from sqlglot import exp

from assistant.knowledge.files import Knowledge
from assistant.schema import Schema
from assistant.scopes import base_tables, parsed, scopes_of


def stale(knowledge: Knowledge, schema: Schema) -> Iterator[tuple[str, str]]:
    """(entry, name that the schema lacks) of everything that no longer fits."""
    for term in knowledge.glossary.term:
        for name in _missing_in_fragment(term.sql, schema):
            yield f"glossary: {term.name}", name
    for note in knowledge.notes:
        table = schema.table(note.table)
        if table is None:
            yield f"notes: {note.text}", note.table
        elif note.column and not table.column(note.column):
            yield f"notes: {note.text}", f"{note.table}.{note.column}"
    for pair in knowledge.pairs:
        for name in missing_names(pair.sql, schema):
            yield f"pairs: {pair.question}", name


def missing_names(sql: str, schema: Schema) -> list[str]:
    """Tables and columns of the statement that the schema lacks; the whole when it is no SQL."""
    scopes = scopes_of(sql)
    if not scopes:
        return [sql]
    missing = []
    for scope in scopes:
        sources = [source for source in scope.sources.values() if isinstance(source, exp.Table)]
        missing += [source.name for source in sources if not schema.table(source.name)]
        tables = base_tables(scope, schema)
        if len(tables) < len(scope.sources):
            continue
        aliases = {projection.alias for projection in scope.expression.expressions}
        for column in scope.columns:
            owners = [tables[column.table]] if column.table in tables else list(tables.values())
            known = column.name in aliases or any(t.column(column.name) for t in owners)
            if not known and scope.parent is None:
                missing.append(f"{column.table}.{column.name}".lstrip("."))
    return list(dict.fromkeys(missing))


def _missing_in_fragment(sql: str, schema: Schema) -> list[str]:
    """Columns of an expression that no table has."""
    tree = parsed(f"SELECT {sql}") if sql else None
    if tree is None:
        return [sql] if sql else []
    columns = tree.find_all(exp.Column)
    return [c.sql("mysql") for c in columns if next(schema.owners(c.name), None) is None]
