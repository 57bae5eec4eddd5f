import pytest

from assistant.binding import bind
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


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        (
            "FROM returns r JOIN orders o ON r.row_id = o.id",
            "FROM returns r JOIN `rows` ON r.row_id = `rows`.id JOIN orders o"
            " ON `rows`.order_id = o.id",
        ),
        (
            "FROM orders o LEFT JOIN returns r ON o.id = r.row_id WHERE o.size > 1",
            "FROM orders o LEFT JOIN `rows` ON `rows`.order_id = o.id LEFT JOIN returns r"
            " ON r.row_id = `rows`.id WHERE o.size > 1",
        ),
    ],
)
def test_two_joins_are_made_of_one_that_skips_the_table_between(written: str, mended: str) -> None:
    bound = bind(f"SELECT o.size {written}", SCHEMA)

    assert bound.sql == f"SELECT o.size {mended}"
    assert misjoined(bound.sql, SCHEMA) == []


@pytest.mark.parametrize(
    "written",
    [
        "FROM returns r RIGHT JOIN orders o ON r.row_id = o.id",
        "FROM `rows` l JOIN returns r ON r.row_id = l.id JOIN orders o ON r.row_id = o.id",
        "FROM returns r JOIN orders o ON r.row_id = o.id AND r.size = o.size",
        "FROM returns r JOIN `rows` l ON r.row_id = l.id",
        "FROM returns r JOIN `rows` l ON r.id = l.order_id",
    ],
)
def test_ways_that_are_not_certain_are_left(written: str) -> None:
    assert bind(f"SELECT r.size {written}", SCHEMA).sql == f"SELECT r.size {written}"
