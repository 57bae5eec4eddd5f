import pytest

from assistant.schema import Schema, SchemaColumn, Table
from assistant.tui.sql_completion import complete

SCHEMA = Schema(
    "shop",
    "sqlite",
    "3",
    (
        Table("orders", (SchemaColumn("id", "int"), SchemaColumn("ordered_on", "date"))),
        Table("customers", (SchemaColumn("id", "int"), SchemaColumn("顧客名", "text"))),
    ),
)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM or", ("orders", "ordered_on", "ORDER BY", "OR")),
        ("SELECT o.| FROM orders AS o", ("id", "ordered_on")),
        ("SELECT o.or| FROM orders o", ("ordered_on",)),
        ("SELECT c.顧| FROM customers c", ("顧客名",)),
        ("SELECT orders.| FROM `orders`", ("id", "ordered_on")),
        ("SELECT x.| FROM orders o", ()),
        ("SELECT id FROM orders WHERE ordered| ", ("ordered_on",)),
        ("SELECT ", ()),
        ("sel", ("SELECT",)),
    ],
)
def test_names_that_may_stand_at_the_cursor(sql: str, names: tuple[str, ...]) -> None:
    at = sql.index("|") if "|" in sql else len(sql)
    assert complete(sql.replace("|", ""), at, SCHEMA).names == names


def test_only_what_is_typed_of_a_word_is_replaced() -> None:
    assert complete("SELECT o.or", 11, SCHEMA).typed == 2
