"""What is known of a table or a column, in lines."""

from collections.abc import Iterator

from assistant.locale import t
from assistant.render import number_text
from assistant.schema import SchemaColumn, Table


def detail(table: Table, column: SchemaColumn | None) -> Iterator[str]:
    """Comment, keys, type, range and values; of the table itself where there is no column."""
    if column is None:
        yield from _of_table(table)
    else:
        yield from _of_column(table, column)


def _of_table(table: Table) -> Iterator[str]:
    yield table.name
    if table.comment:
        yield table.comment
    yield ""
    if table.rows is not None:
        yield t("schema.rows", rows=number_text(table.rows))
    if table.primary_key:
        yield t("schema.primary_key", columns=", ".join(table.primary_key))
    for key in table.foreign_keys:
        there = ", ".join(f"{key.table}.{name}" for name in key.ref_columns)
        yield t("schema.foreign_key", columns=", ".join(key.columns), there=there)


def _of_column(table: Table, column: SchemaColumn) -> Iterator[str]:
    yield f"{table.name}.{column.name}"
    if column.comment:
        yield column.comment
    yield ""
    yield t("schema.nullable" if column.nullable else "schema.type", type=column.type)
    if column.name in table.primary_key:
        yield t("schema.primary_key", columns=", ".join(table.primary_key))
    if there := table.reference(column.name):
        yield t("schema.foreign_key", columns=column.name, there=there)
    if column.range:
        yield t("schema.range", least=column.range[0], most=column.range[1])
    if column.values:
        yield t("schema.values")
        yield from (f"  {value}" for value in column.values)
