"""CREATE statements of a sample's tables, with their comments on every engine."""

from sqlalchemy import Table
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable


def create_statements(table: Table, dialect: Dialect) -> list[str]:
    """What makes the table and its indexes."""
    create = str(CreateTable(table).compile(dialect=dialect)).strip()
    indexes = sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return [_commented(table, create) if dialect.name == "sqlite" else create, *indexes]


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
