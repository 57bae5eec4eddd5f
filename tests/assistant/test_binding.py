import pytest

from assistant.binding import bind
from assistant.mends import Bound
from assistant.schema import ForeignKey, Schema, SchemaColumn, Table
from tests.assistant.shop import SCHEMA

JOIN = "FROM customers c JOIN orders o ON o.customer_id = c.id"


@pytest.mark.parametrize(
    ("wrong", "right", "mends"),
    [
        (f"SELECT c.amount {JOIN}", f"SELECT o.amount {JOIN}", ("c.amount → o.amount",)),
        (f"SELECT x.amount {JOIN}", f"SELECT o.amount {JOIN}", ("x.amount → o.amount",)),
        (f"SELECT `c`.`amount` {JOIN}", f"SELECT o.`amount` {JOIN}", ("c.amount → o.amount",)),
        (
            f"SELECT customers.id, orders.id, o.amount {JOIN}",
            f"SELECT c.id, o.id, o.amount {JOIN}",
            ("customers.id → c.id", "orders.id → o.id"),
        ),
        (
            f"SELECT '売上😀',  c.amount {JOIN} WHERE c.status = 'c.amount' -- c.amount",
            f"SELECT '売上😀',  o.amount {JOIN} WHERE o.status = 'c.amount' -- c.amount",
            ("c.amount → o.amount", "c.status → o.status"),
        ),
        (
            f"SELECT o.id {JOIN} JOIN orders p ON p.customer_id = c.id AND c.status <> p.status",
            f"SELECT o.id {JOIN} JOIN orders p ON p.customer_id = c.id AND o.status <> p.status",
            ("c.status → o.status",),
        ),
        (
            f"SELECT c.amount {JOIN} UNION SELECT c.name {JOIN}",
            f"SELECT o.amount {JOIN} UNION SELECT c.name {JOIN}",
            ("c.amount → o.amount",),
        ),
        (
            "SELECT c.amount FROM customers c JOIN orders AS `受 注` ON 1 = 1",
            "SELECT `受 注`.amount FROM customers c JOIN orders AS `受 注` ON 1 = 1",
            ("c.amount → 受 注.amount",),
        ),
        (
            "SELECT c.amount FROM customers c JOIN `orders` ON 1 = 1",
            "SELECT `orders`.amount FROM customers c JOIN `orders` ON 1 = 1",
            ("c.amount → orders.amount",),
        ),
    ],
)
def test_a_column_under_the_wrong_alias_gets_the_only_right_one(
    wrong: str, right: str, mends: tuple[str, ...]
) -> None:
    assert bind(wrong, SCHEMA) == Bound(right, mends)
    assert bind(right, SCHEMA) == Bound(right)


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT c.name, o.amount {JOIN}",
        f"SELECT amount {JOIN}",
        f"SELECT x.id {JOIN}",
        f"SELECT c.nosuch {JOIN}",
        "SELECT c.amount FROM customers c",
        "SELECT c.amount FROM customers c JOIN orders a JOIN orders b",
        "SELECT c.amount FROM customers c JOIN (SELECT amount FROM orders) s",
        "SELECT d.amount FROM (SELECT id AS amount FROM orders) d JOIN orders o",
        "WITH c AS (SELECT 1 AS a) SELECT c.amount FROM c JOIN orders o",
        "SELECT 1 FROM customers c WHERE EXISTS"
        " (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND c.amount > 3)",
        "SELECT a.b FROM nosuch",
    ],
)
def test_what_is_right_or_not_certain_stays_as_it_was_written(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


@pytest.mark.parametrize(
    "sql", ["", "SELECT (", "DELETE FROM orders", "no SQL at all", "SELECT 'a"]
)
def test_what_is_no_query_is_not_touched(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("SELECT kind FROM custmers", "SELECT kind FROM customers", "custmers → customers"),
        (
            "SELECT customerId, amount FROM orders",
            "SELECT customer_id, amount FROM orders",
            "customerId → customer_id",
        ),
        ("SELECT o.amounts FROM orders o", "SELECT o.amount FROM orders o", "amounts → amount"),
        (
            "SELECT kind, SUM(amount) FROM orders GROUP BY kind",
            "SELECT kind, SUM(amount) FROM orders  JOIN customers ON orders.customer_id ="
            " customers.id GROUP BY kind",
            "+ JOIN customers ON orders.customer_id = customers.id",
        ),
        (
            "SELECT ' limit ' AS x, kind FROM orders LIMIT 3",
            "SELECT ' limit ' AS x, kind FROM orders  JOIN customers ON orders.customer_id ="
            " customers.id LIMIT 3",
            "+ JOIN customers ON orders.customer_id = customers.id",
        ),
        (
            "SELECT COUNT(*) AS id FROM orders WHERE customers.id = 2",
            "SELECT COUNT(*) AS id FROM orders  JOIN customers ON orders.customer_id ="
            " customers.id WHERE customers.id = 2",
            "+ JOIN customers ON orders.customer_id = customers.id",
        ),
        (
            "SELECT COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id",
            "SELECT COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id",
            "customer_id → id",
        ),
        (
            "SELECT customers.name FROM orders o",
            "SELECT customers.name FROM orders o JOIN customers ON o.customer_id = customers.id ",
            "+ JOIN customers ON o.customer_id = customers.id",
        ),
        (
            f"SELECT c.name, c.kind, COUNT(*) {JOIN} GROUP BY c.name",
            f"SELECT c.name, c.kind, COUNT(*) {JOIN} GROUP BY c.name, c.kind",
            "GROUP BY …, c.kind",
        ),
        (
            "SELECT id FROM orders WHERE status = 'it's open'",
            "SELECT id FROM orders WHERE status = 'it''s open'",
            "' → ''",
        ),
        (
            "SELECT 1 FROM orders a JOIN orders b ON b.id = c.id JOIN customers c ON c.id = a.id",
            "SELECT 1 FROM orders a JOIN orders b JOIN customers c ON c.id = a.id AND b.id = c.id",
            "ON b.id = c.id ↷",
        ),
        (
            "SELECT x.kind, x.amount FROM customers x JOIN orders AS x ON x.customer_id = x.id",
            "SELECT x.kind, orders.amount FROM customers x JOIN orders"
            " ON orders.customer_id = x.id",
            "x → orders",
        ),
        (
            "SELECT o.amount, o.id FROM orders o JOIN customers o ON o.id = o.customer_id",
            "SELECT o.amount, o.id FROM orders o JOIN customers ON customers.id = o.customer_id",
            "o → customers",
        ),
        (
            "SELECT CAST(amount AS REAL) FROM orders",
            "SELECT CAST(amount AS DOUBLE) FROM orders",
            "AS REAL) → AS DOUBLE)",
        ),
    ],
)
def test_what_has_one_meaning_is_mended_and_told(wrong: str, right: str, told: str) -> None:
    assert bind(wrong, SCHEMA) == Bound(right, (told,))
    assert bind(right, SCHEMA) == Bound(right)


def test_a_column_of_a_table_that_is_not_joined_brings_it_along() -> None:
    bound = bind("SELECT o.name, o.kind, SUM(o.amount) FROM orders o GROUP BY o.name", SCHEMA)
    assert bound.sql == (
        "SELECT customers.name, customers.kind, SUM(o.amount) FROM orders o "
        " JOIN customers ON o.customer_id = customers.id GROUP BY customers.name, customers.kind"
    )
    assert bound.mends[:2] == ("o.name → customers.name", "o.kind → customers.kind")


PARTS = Schema(
    "default",
    "mysql",
    "9.7",
    (
        Table(
            "people",
            (
                SchemaColumn("person_id", "int"),
                SchemaColumn("first_name", "text"),
                SchemaColumn("last_name", "text"),
                SchemaColumn("birth_date", "date"),
            ),
            primary_key=("person_id",),
        ),
        Table(
            "goods",
            (
                SchemaColumn("goods_id", "int"),
                SchemaColumn("owner_id", "int"),
                SchemaColumn("name", "text"),
                SchemaColumn("date", "date"),
            ),
            primary_key=("goods_id",),
            foreign_keys=(ForeignKey(("owner_id",), "people", ("person_id",)),),
        ),
    ),
)
BOTH = "FROM people p JOIN goods g ON g.owner_id = p.person_id"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (f"SELECT p.name {BOTH}", f"SELECT p.name {BOTH}"),
        (f"SELECT p.date {BOTH}", f"SELECT p.birth_date {BOTH}"),
        (f"SELECT p.id, g.name {BOTH}", f"SELECT p.person_id, g.name {BOTH}"),
        ("SELECT COUNT(*) FROM people p WHERE p.id = 3", None),
        (
            "SELECT p.last_name FROM people p JOIN goods g ON p.owner_id = g.owner_id",
            "SELECT p.last_name FROM people p JOIN goods g ON p.person_id = g.owner_id",
        ),
    ],
)
def test_a_table_with_a_longer_name_for_it_meant_its_own_column(
    wrong: str, right: str | None
) -> None:
    assert bind(wrong, PARTS).sql == (right or wrong.replace("p.id", "p.person_id"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nothing_like_it FROM orders",
        "SELECT ordered_in FROM orders",
        "SELECT discount FROM orders",
        "SELECT amount FROM customers",
        "SELECT total FROM (SELECT SUM(amount) AS total FROM orders) d",
        "SELECT amount AS amounts FROM orders ORDER BY amounts",
        "SELECT status, SUM(amount) FROM orders",
    ],
)
def test_what_has_no_one_meaning_is_left_to_the_model(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


MOMENTS = Schema(
    "default",
    "mysql",
    "9.7",
    (
        Table(
            "log",
            (
                SchemaColumn("at", "datetime(6)"),
                SchemaColumn("day", "date"),
                SchemaColumn("month", "varchar(7)"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("condition", "whole"),
    [
        (
            "at BETWEEN '2025-01-01' AND '2025-12-31'",
            "at BETWEEN '2025-01-01' AND '2025-12-31 23:59:59'",
        ),
        ("l.at <= '2025-12-31'", "l.at <= '2025-12-31 23:59:59'"),
        (
            "month BETWEEN '2025-01-01' AND '2025-12-31'",
            "month BETWEEN '2025-01' AND '2025-12'",
        ),
        ("month >= '2025-04-01'", "month >= '2025-04'"),
        ("day BETWEEN '2025-01-01' AND '2025-12-31'", None),
        ("at BETWEEN '2025-01-01' AND '2025-12-31 12:00:00'", None),
        ("at < '2025-12-31'", None),
    ],
)
def test_days_fit_what_they_are_compared_with(condition: str, whole: str | None) -> None:
    sql = "SELECT COUNT(*) FROM log l WHERE "
    assert bind(sql + condition, MOMENTS).sql == sql + (whole or condition)


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT name FROM customers c ORDER BY id DESC LIMIT 1", "id"),
        (
            f"SELECT c.name {JOIN} GROUP BY c.id ORDER BY SUM(o.amount) DESC LIMIT 3",
            "SUM(o.amount) AS total",
        ),
        (f"SELECT c.name {JOIN} GROUP BY c.id HAVING COUNT(*) > 5", "COUNT(*) AS n"),
        (
            "SELECT EXTRACT(YEAR FROM ordered_on) AS y FROM orders ORDER BY amount LIMIT 1",
            "amount",
        ),
    ],
)
def test_what_rows_are_ranked_or_chosen_by_is_selected_too(sql: str, shown: str) -> None:
    bound = bind(sql, SCHEMA)
    assert bound.mends == (f"+ {shown}",)
    before, _, after = sql.rpartition("FROM ")
    assert bound.sql == f"{before}, {shown} FROM {after}"
    assert bind(bound.sql, SCHEMA) == Bound(bound.sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM customers ORDER BY id",
        "SELECT id, name FROM customers ORDER BY id LIMIT 1",
        "SELECT DISTINCT name FROM customers ORDER BY id LIMIT 1",
        "SELECT * FROM customers ORDER BY id LIMIT 1",
        "SELECT name AS id FROM customers ORDER BY id LIMIT 1",
        "SELECT name FROM customers ORDER BY 1 LIMIT 1",
        "SELECT MAX(amount) AS most FROM orders ORDER BY ordered_on LIMIT 1",
        "SELECT status, MAX(amount) AS m FROM orders GROUP BY status ORDER BY ordered_on LIMIT 1",
        f"SELECT c.name, COUNT(*) AS n {JOIN} GROUP BY c.id HAVING COUNT(*) > 5",
        f"SELECT c.name {JOIN} GROUP BY c.id HAVING COUNT(*) > MAX(o.id)",
    ],
)
def test_nothing_is_selected_that_is_shown_already(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


LINES = Schema(
    "default",
    "mysql",
    "9.7",
    (
        *SCHEMA.tables,
        Table(
            "order_lines",
            (SchemaColumn("id", "int"), SchemaColumn("order_id", "int")),
            primary_key=("id",),
            foreign_keys=(ForeignKey(("order_id",), "orders", ("id",)),),
        ),
    ),
)


def test_a_table_between_two_that_was_left_out_is_joined() -> None:
    bound = bind(
        "SELECT c.name, COUNT(*) AS n FROM order_lines l"
        " JOIN customers c ON l.customer_id = c.id GROUP BY c.id, c.name",
        LINES,
    )
    assert " ".join(bound.sql.split()) == (
        "SELECT c.name, COUNT(*) AS n FROM order_lines l JOIN customers c"
        " JOIN orders ON l.order_id = orders.id AND orders.customer_id = c.id"
        " GROUP BY c.id, c.name"
    )


def test_what_a_subquery_compares_with_is_its_own_and_brings_its_table_along() -> None:
    never = "SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM order_lines)"
    bound = bind(never, LINES)
    assert bound.sql == (
        "SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM order_lines"
        " JOIN orders ON order_lines.order_id = orders.id )"
    )
    exists = (
        "SELECT name FROM customers WHERE EXISTS"
        " (SELECT 1 FROM order_lines WHERE order_lines.order_id = kind)"
    )
    assert bind(exists, LINES) == Bound(exists)


@pytest.mark.parametrize(
    ("sql", "whole"),
    [
        (
            "SELECT SUM(amount) AS n FROM orders GROUP BY status",
            "SELECT SUM(amount) AS n , status FROM orders GROUP BY status",
        ),
        (
            "SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id",
            "SELECT customer_id, COUNT(*) AS n , customers.name FROM orders LEFT JOIN customers"
            " ON orders.customer_id = customers.id GROUP BY customer_id, customers.name",
        ),
        (
            "SELECT customer_id, SUM(id) AS n FROM orders WHERE id > 1 GROUP BY customer_id",
            "SELECT customer_id, SUM(orders.id) AS n , customers.name FROM orders LEFT JOIN"
            " customers ON orders.customer_id = customers.id WHERE orders.id > 1"
            " GROUP BY customer_id, customers.name",
        ),
        (
            f"SELECT c.id, SUM(o.amount) AS n {JOIN} GROUP BY c.id",
            f"SELECT c.id, SUM(o.amount) AS n , c.name {JOIN} GROUP BY c.id, c.name",
        ),
        (
            "SELECT id FROM customers WHERE kind = '個人'",
            "SELECT id , customers.name FROM customers WHERE kind = '個人'",
        ),
    ],
)
def test_ids_and_totals_get_the_names_that_a_person_misses(sql: str, whole: str) -> None:
    bound = bind(sql, SCHEMA)
    assert " ".join(bound.sql.replace(",", " ,").split()) == " ".join(
        whole.replace(",", " ,").split()
    )
    assert bind(bound.sql, SCHEMA) == Bound(bound.sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) AS n FROM orders",
        "SELECT id, amount FROM orders",
        "SELECT id FROM orders",
        "SELECT customer_id, MAX(amount) AS n FROM orders",
        "SELECT DISTINCT customer_id FROM orders",
        "SELECT status, COUNT(*) AS n FROM orders GROUP BY status",
        "SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY YEAR(ordered_on)",
        "SELECT COUNT(*) AS n FROM orders WHERE id IN (SELECT id FROM customers)",
    ],
)
def test_what_names_its_rows_already_stays(sql: str) -> None:
    assert bind(sql, SCHEMA) == Bound(sql)


def test_two_tables_that_were_left_out_are_both_joined() -> None:
    def table(name: str, *columns: str, refs: tuple[str, ...] = ()) -> Table:
        keys = tuple(ForeignKey((f"{ref}_id",), ref, ("id",)) for ref in refs)
        named = tuple(SchemaColumn(column, "text") for column in ("id", *columns))
        return Table(name, named, primary_key=("id",), foreign_keys=keys)

    tables = (
        table("shop", "city"),
        table("maker", "country"),
        table("sale", "shop_id", "maker_id", refs=("shop", "maker")),
    )
    bound = bind("SELECT city, country FROM sale", Schema("default", "mysql", "9.7", tables))
    assert bound.sql.split("FROM ")[1].strip() == (
        "sale JOIN shop ON sale.shop_id = shop.id JOIN maker ON sale.maker_id = maker.id"
    )


def test_a_name_that_is_a_word_of_sql_is_quoted_where_it_is_added() -> None:
    groups = Table(
        "groups", (SchemaColumn("id", "int"), SchemaColumn("name", "text")), primary_key=("id",)
    )
    members = Table(
        "members",
        (SchemaColumn("id", "int"), SchemaColumn("group_id", "int")),
        primary_key=("id",),
        foreign_keys=(ForeignKey(("group_id",), "groups", ("id",)),),
    )
    schema = Schema("default", "mysql", "9.7", (groups, members))
    bound = bind("SELECT group_id FROM members", schema)
    assert " ".join(bound.sql.split()) == (
        "SELECT group_id , `groups`.name FROM members"
        " LEFT JOIN `groups` ON members.group_id = `groups`.id"
    )
