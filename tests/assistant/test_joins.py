import pytest

from assistant.joins import misjoined
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA as SHOP


def table(name: str, **references: str) -> Table:
    columns = tuple(SchemaColumn(column, "int") for column in ("id", "size", *references))
    keys = tuple(ForeignKey((column,), to, ("id",)) for column, to in references.items())
    return Table(name, columns, primary_key=("id",), foreign_keys=keys)


SCHEMA = Schema(
    "default",
    "mysql",
    "9",
    (table("orders"), table("rows", order_id="orders"), table("returns", row_id="rows")),
)


def test_a_foreign_key_compared_with_another_tables_key_is_found() -> None:
    fact = "row_id of returns refers to rows.id, not to orders.id."
    for condition in ("r.row_id = o.id", "o.id = r.row_id"):
        sql = f"SELECT 1 FROM orders o JOIN returns r ON {condition}"
        assert misjoined(sql, SCHEMA) == [fact]


@pytest.mark.parametrize(
    "condition",
    [
        "r.row_id = l.id",
        "l.order_id = o.id",
        "r.row_id = l.id AND r.size = o.id",
        "r.size = l.size",
        "r.id = o.id",
    ],
)
def test_other_comparisons_are_nobodys_business(condition: str) -> None:
    sql = f"SELECT 1 FROM orders o JOIN `rows` l JOIN returns r ON {condition}"
    assert misjoined(sql, SCHEMA) == []


def test_a_column_that_a_subquery_lacks_is_compared_with_itself() -> None:
    inner = "SELECT name FROM customers WHERE {} NOT IN (SELECT {} FROM orders)"
    assert misjoined(inner.format("kind", "kind"), SHOP) == [
        "kind is no column of orders, it is in customers."
    ]
    assert misjoined(inner.format("id", "customer_id"), SHOP) == []
    assert misjoined(inner.format("id", "customers.id"), SHOP) == []
