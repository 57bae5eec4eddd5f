"""CREATE statements of a sample's tables, with their comments on every engine."""

from sqlalchemy import Index, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable


def create_statements(table: Table, dialect: Dialect) -> list[str]:
    """What makes the table and its indexes."""
    create = str(CreateTable(table).compile(dialect=dialect)).strip()
    indexes = sorted(_create_index(table, index, dialect) for index in table.indexes)
    return [_commented(table, create) if dialect.name == "sqlite" else create, *indexes]


def _create_index(table: Table, index: Index, dialect: Dialect) -> str:
    """The names of MySQL's indexes are a table's own, those of SQLite the whole database's."""
    create, name = str(CreateIndex(index).compile(dialect=dialect)), str(index.name)
    if dialect.name != "sqlite" or table.name in name:
        return create
    quote = dialect.identifier_preparer.quote
    return create.replace(f"INDEX {quote(name)} ", f"INDEX {quote(f'{table.name}_{name}')} ", 1)


def _commented(table: Table, create: str) -> str:
    """SQLite has no COMMENT clause but keeps the statement's own text, comments and all."""
    head, *lines = create.split("\n")
    return "\n".join(
        [_line(head, table.comment), *(_line(line, _comment(table, line)) for line in lines)]
    )


def _line(text: str, comment: str | None) -> str:
    return f"{text.rstrip()} -- {comment}" if comment else text.rstrip()


def _comment(table: Table, line: str) -> str | None:
    """The comment of the column that the line defines, if it defines one."""
    column = table.columns.get(line.split(maxsplit=1)[0].strip('"'))
    return None if column is None else column.comment
