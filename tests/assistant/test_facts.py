import pytest

from assistant.facts import Compared, error_facts, reads_a_table, unknown_name, unmatched, unread
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA


def table(name: str, *columns: str, **references: str) -> Table:
    keys = tuple(ForeignKey((column,), to, ("id",)) for column, to in references.items())
    return Table(name, tuple(map(SchemaColumn, columns, [""] * len(columns))), foreign_keys=keys)


CHAIN = Schema(
    "default",
    "mysql",
    "9.7",
    (
        table("regions", "id", "region_name"),
        table("stores", "id", "region_id", region_id="regions"),
        table("orders", "id", "store_id", store_id="stores"),
        table("lines", "id", "order_id", "quantity", order_id="orders"),
        table("alone", "secret"),
    ),
)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Unknown column 'o.amounts' in 'SELECT'", "amounts"),
        ("Unknown column 'amounts' in 'where clause'", "amounts"),
        ("Table 'shop.ordrs' doesn't exist", "ordrs"),
        ("Unknown table 'x'", "x"),
        ("no such column: c.amounts", "amounts"),
        ("no such table: main.ordrs", "ordrs"),
        ("the database answered: no such table: ordrs (error 1). Mend it.", "ordrs"),
        ("You have an error in your SQL syntax", None),
    ],
)
def test_the_missing_name_is_read_from_every_databases_message(
    message: str, name: str | None
) -> None:
    assert unknown_name(message) == name


def test_a_column_of_another_table_is_located_with_the_way_to_it() -> None:
    facts = error_facts(
        "no such column: o.region_name", "SELECT o.region_name FROM orders o", CHAIN
    )
    assert facts.splitlines() == [
        "no such column: o.region_name.",
        "region_name is in regions.",
        "Join so: FROM orders JOIN stores ON orders.store_id = stores.id"
        " JOIN regions ON stores.region_id = regions.id.",
    ]


def test_the_way_starts_at_the_table_that_the_alias_means() -> None:
    sql = "SELECT s.quantity FROM lines l JOIN orders o JOIN stores AS s"
    way = error_facts("Unknown column 's.quantity'", sql, CHAIN).splitlines()[-1]
    assert way.startswith(
        "Join so: FROM stores JOIN orders ON orders.store_id = stores.id JOIN lines"
    )


def test_a_column_that_no_key_leads_to_is_located_only() -> None:
    facts = error_facts("no such column: secret", "SELECT secret FROM orders", CHAIN)
    assert facts.splitlines() == ["no such column: secret.", "secret is in alone."]


@pytest.mark.parametrize(
    ("message", "near"),
    [
        ("no such table: ordrs", "orders"),
        ("no such column: custmer_id", "orders.customer_id"),
        ("Unknown column 'o.amounts'", "orders.amount"),
    ],
)
def test_a_name_that_nothing_has_gets_the_nearest(message: str, near: str) -> None:
    assert f"The nearest names are {near}" in error_facts(message, "SELECT 1", SCHEMA)


@pytest.mark.parametrize("message", ["Invalid use of group function", "misuse of aggregate: AVG()"])
def test_a_total_in_where_is_told_where_it_belongs(message: str) -> None:
    told = error_facts(message, "SELECT kind FROM customers WHERE COUNT(*) > 1", SCHEMA)
    assert told.splitlines() == [
        f"{message}.",
        "A condition on a total belongs in HAVING, behind GROUP BY.",
    ]


def test_a_name_of_the_select_itself_is_told_where_it_may_stand() -> None:
    sql = "SELECT kind, COUNT(*) AS many FROM customers WHERE many > 1 GROUP BY kind"
    told = error_facts("Unknown column 'many' in 'WHERE'", sql, SCHEMA)
    assert "many is named by this SELECT itself: repeat its expression, in HAVING." in told


@pytest.mark.parametrize("name", ["order_count", "num_orders", "count_order", "orders"])
def test_a_number_of_rows_is_told_to_be_counted(name: str) -> None:
    told = error_facts(f"Unknown column '{name}' in 'SELECT'", "SELECT 1", SCHEMA)
    assert told.endswith(f"{name} is not stored: COUNT the rows of orders.")


def test_a_total_may_be_more_than_a_number_of_rows() -> None:
    told = error_facts("Unknown column 'total_orders' in 'SELECT'", "SELECT 1", SCHEMA)
    assert "COUNT" not in told


@pytest.mark.parametrize("message", ["no such table: zzzz", "near FROM: syntax error"])
def test_without_anything_near_the_message_stands_alone(message: str) -> None:
    assert error_facts(message, "SELECT 1", SCHEMA) == message + "."


@pytest.mark.parametrize(
    ("sql", "compared"),
    [
        (
            "SELECT 1 FROM orders o WHERE o.status = 'PAYED' AND kind = '個人'",
            [Compared("status", "PAYED", ("paid", "cancelled", "it's open"))],
        ),
        ("SELECT 1 FROM orders WHERE status = 'paid'", []),
        ("SELECT 1 FROM orders WHERE status = 'it''s open'", []),
        ("SELECT 1 FROM customers WHERE name LIKE '%nobody%'", [Compared("name", "nobody", ())]),
        ("SELECT 1 FROM orders WHERE ordered_on = '2025-01-01'", []),
        ("SELECT 1 FROM orders WHERE amount = 5", []),
        ("SELECT (", []),
    ],
)
def test_compared_values_that_no_row_may_have_are_found(sql: str, compared: list[Compared]) -> None:
    assert unmatched(sql, SCHEMA) == compared


def test_what_a_column_holds_instead_is_told() -> None:
    few, many = Compared("status", "PAYED", ("paid", "open")), Compared("name", "Tokio", ())
    assert few.fact([]) == "status is never 'PAYED'; its values are paid, open."
    assert many.fact(["Tokyo"]) == "name is never 'Tokio'; the nearest stored values are Tokyo."


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("SELECT COUNT(*) FROM orders", True),
        ("SELECT n FROM (SELECT COUNT(*) AS n FROM orders) x", True),
        ("SELECT (SELECT COUNT(*) FROM orders)", True),
        ("WITH x AS (SELECT id FROM orders) SELECT COUNT(*) FROM x", True),
        ("SHOW TABLES", True),
        ("SELECT (", True),
        ("SELECT 42 AS n", False),
        ("SELECT '東京都' AS name UNION SELECT '大阪府'", False),
        ("SELECT n FROM (SELECT 42 AS n) x", False),
        ("WITH x AS (SELECT 42 AS n) SELECT n FROM x", False),
        ("WITH orders AS (SELECT * FROM orders) SELECT COUNT(*) FROM orders", True),
        ("SELECT 1 WHERE EXISTS (SELECT 1 FROM orders)", True),
        ("SELECT COUNT(*) FROM shop.orders o, customers", True),
        ("(SELECT id FROM orders) UNION ALL (SELECT 1)", True),
        (
            "WITH RECURSIVE d AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM d) SELECT n FROM d",
            False,
        ),
    ],
)
def test_rows_come_from_a_table_or_are_the_models_own_words(sql: str, reads: bool) -> None:
    assert reads_a_table(sql) is reads


def test_a_table_that_is_spoken_of_and_not_read_comes_with_the_way_there() -> None:
    sql = "SELECT COUNT(lines.id) AS n FROM lines"
    way = (
        "lines JOIN orders ON lines.order_id = orders.id JOIN stores ON orders.store_id = stores.id"
    )

    assert unread(["lines", "stores"], sql, CHAIN) == f" Join so: FROM {way}."
    assert unread(["lines", "alone"], sql, CHAIN) == ""
