import pytest

from assistant.fanout import multiplied
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table


def table(name: str, *columns: str, refs: str = "", key: tuple[str, ...] = ("id",)) -> Table:
    keys = (ForeignKey((f"{refs}_id",), f"{refs}s", ("id",)),) if refs else ()
    return Table(
        name,
        tuple(SchemaColumn(column, "int") for column in ("id", *columns)),
        primary_key=key,
        foreign_keys=keys,
    )


SCHEMA = Schema(
    "default",
    "mariadb",
    "11",
    (
        table("customers", "credit"),
        table("orders", "customer_id", "total", refs="customer"),
        table("lines", "order_id", "amount", refs="order"),
        table("details", "order_id", "fee", refs="order", key=("order_id",)),
    ),
)
ORDERS = "FROM customers c JOIN orders o ON o.customer_id = c.id"
LINES = f"{ORDERS} JOIN `lines` l ON l.order_id = o.id"


@pytest.mark.parametrize(
    ("sql", "total", "by"),
    [
        (f"SELECT SUM(c.credit) {ORDERS}", "SUM(c.credit)", "orders"),
        (f"SELECT SUM(o.total) {LINES}", "SUM(o.total)", "lines"),
        (f"SELECT c.id, AVG(total) AS a {LINES} GROUP BY c.id", "AVG(total)", "lines"),
        (f"SELECT COUNT(c.id) {ORDERS}", "COUNT(c.id)", "orders"),
        (f"SELECT c.id, COUNT(l.order_id) {LINES} GROUP BY c.id", "COUNT(l.order_id)", "lines"),
        (
            "SELECT SUM(o.total) FROM orders o, `lines` l WHERE l.order_id = o.id",
            "SUM(o.total)",
            "lines",
        ),
        (f"SELECT 1 FROM (SELECT SUM(c.credit) AS s {ORDERS}) d", "SUM(c.credit)", "orders"),
    ],
)
def test_a_total_of_the_one_side_after_a_join_of_the_many_side_is_noticed(
    sql: str, total: str, by: str
) -> None:
    assert multiplied(sql, SCHEMA) == [(total, by)]


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT SUM(o.total) {ORDERS}",
        f"SELECT SUM(l.amount) {LINES}",
        f"SELECT SUM(l.amount * c.credit) {LINES}",
        f"SELECT COUNT(DISTINCT c.id) {ORDERS}",
        f"SELECT c.id, COUNT(o.customer_id) {ORDERS} GROUP BY c.id",
        f"SELECT c.id, COUNT(DISTINCT l.order_id) {LINES} GROUP BY c.id",
        f"SELECT COUNT(*) {ORDERS}",
        f"SELECT MAX(c.credit) {ORDERS}",
        f"SELECT SUM(SUM(o.total)) OVER () {ORDERS}",
        "SELECT SUM(o.total) FROM orders o JOIN details d ON d.order_id = o.id",
        "SELECT SUM(total) FROM orders WHERE id IN (SELECT order_id FROM `lines`)",
        "SELECT SUM(c.credit) FROM customers c"
        " JOIN (SELECT customer_id, COUNT(*) n FROM orders GROUP BY customer_id) o"
        " ON o.customer_id = c.id",
        "no SQL",
    ],
)
def test_a_total_that_counts_each_row_once_is_not(sql: str) -> None:
    assert multiplied(sql, SCHEMA) == []
