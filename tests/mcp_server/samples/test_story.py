"""The facts that examples/sales/README.md promises, and what must hold in any honest ledger."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mcp_server.samples.sales import story

Ask = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def ask(sales_sqlite: Path) -> Iterator[Ask]:
    """Runs a statement and returns its rows."""
    database = sqlite3.connect(sales_sqlite)
    yield lambda sql, *values: database.execute(sql, values).fetchall()
    database.close()


def test_the_total_of_an_order_is_the_sum_of_its_lines(ask: Ask) -> None:
    wrong = ask(
        "SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id"
        " GROUP BY o.id HAVING o.total_amount <> COALESCE(SUM(l.amount), 0)"
    )
    assert wrong == []
    assert ask("SELECT id FROM order_lines WHERE amount <> quantity * unit_price") == []


def test_a_cancelled_order_has_no_lines_and_no_other_order_lacks_them(ask: Ask) -> None:
    without = "NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)"
    assert ask(f"SELECT id FROM orders o WHERE (status = 'キャンセル') <> {without}") == []


def test_foreign_keys_hold(ask: Ask) -> None:
    assert ask("PRAGMA foreign_key_check") == []


def test_payments_and_refunds_agree_with_what_was_bought(ask: Ask) -> None:
    assert (
        ask(
            "SELECT p.id FROM payments p JOIN orders o ON o.id = p.order_id"
            " WHERE p.amount <> o.total_amount OR p.paid_date < o.order_date"
        )
        == []
    )
    assert (
        ask(
            "SELECT r.id FROM returns r JOIN order_lines l ON l.id = r.order_line_id"
            " WHERE r.quantity > l.quantity OR r.refund_amount <> r.quantity * l.unit_price"
        )
        == []
    )


def test_nothing_happens_before_it_can(ask: Ask) -> None:
    assert (
        ask(
            "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id"
            " LEFT JOIN stores s ON s.id = o.store_id LEFT JOIN employees e ON e.id = o.employee_id"
            " WHERE o.order_date < c.registered_date OR o.order_date < s.opened_date"
            " OR o.order_date < e.hired_date OR e.store_id <> s.id"
        )
        == []
    )
    assert (
        ask(
            "SELECT l.id FROM order_lines l JOIN orders o ON o.id = l.order_id"
            " JOIN products p ON p.id = l.product_id WHERE p.released_date > o.order_date"
        )
        == []
    )


def test_nothing_happens_after_the_last_day(ask: Ask) -> None:
    for table, column in [
        ("orders", "order_date"),
        ("payments", "paid_date"),
        ("shipments", "shipped_date"),
        ("shipments", "delivered_date"),
        ("returns", "return_date"),
        ("reviews", "review_date"),
        ("employees", "hired_date"),
        ("products", "released_date"),
    ]:
        [(last,)] = ask(f"SELECT MAX({column}) FROM {table}")
        assert str(last) <= story.LAST_DAY.isoformat()


def test_a_web_order_alone_has_a_shipment_and_a_store_order_alone_has_a_store(ask: Ask) -> None:
    assert ask("SELECT id FROM orders WHERE (channel = '店舗') <> (store_id IS NOT NULL)") == []
    assert (
        ask(
            "SELECT o.id FROM orders o LEFT JOIN shipments s ON s.order_id = o.id"
            " WHERE (s.id IS NOT NULL) <>"
            " (o.channel = 'ウェブ' AND o.status IN ('完了', '配送中'))"
        )
        == []
    )


_TARGETS = """
WITH sold AS (
  SELECT store_id, SUBSTR(order_date, 1, 7) AS month, SUM(total_amount) AS amount
  FROM orders WHERE store_id IS NOT NULL GROUP BY 1, 2
)
SELECT s.name FROM store_targets t
JOIN stores s ON s.id = t.store_id
JOIN sold ON sold.store_id = s.id AND sold.month = t.target_month
WHERE SUBSTR(t.target_month, 1, 4) = ?
GROUP BY s.name HAVING SUM(sold.amount >= t.target_amount) = 0
"""


def test_one_store_alone_misses_its_target_in_every_month_of_the_year(ask: Ask) -> None:
    assert ask(_TARGETS, str(story.WEAK_YEAR)) == [(story.WEAK_STORE,)]
    assert ask(_TARGETS, str(story.WEAK_YEAR - 1)) == []


def test_the_star_sells_most_in_its_year_and_not_before(ask: Ask) -> None:
    ranking = (
        "SELECT p.name FROM order_lines l JOIN orders o ON o.id = l.order_id"
        " JOIN products p ON p.id = l.product_id WHERE SUBSTR(o.order_date, 1, 4) = ?"
        " GROUP BY p.id ORDER BY SUM(l.amount) DESC LIMIT 10"
    )
    assert ask(ranking, str(story.STAR_YEAR))[0] == (story.STAR_PRODUCT,)
    assert (story.STAR_PRODUCT,) not in ask(ranking, str(story.STAR_YEAR - 1))


def test_the_slump_is_the_worst_month_of_all(ask: Ask) -> None:
    year, month = story.SLUMP
    months = ask(
        "SELECT SUBSTR(order_date, 1, 7), SUM(total_amount) FROM orders GROUP BY 1 ORDER BY 2"
    )
    assert len(months) == 36
    assert months[0][0] == f"{year}-{month:02}"


def test_parcels_come_late_in_one_region(ask: Ask) -> None:
    late = ask(
        "SELECT r.name, AVG(s.delivered_date > s.due_date) FROM shipments s"
        " JOIN orders o ON o.id = s.order_id JOIN customers c ON c.id = o.customer_id"
        " JOIN prefectures p ON p.id = c.prefecture_id JOIN regions r ON r.id = p.region_id"
        " WHERE s.delivered_date IS NOT NULL GROUP BY r.id ORDER BY 2 DESC"
    )
    (worst, share), (_, next_share) = late[:2]
    assert worst == story.LATE_REGION
    assert float(str(share)) > 4 * float(str(next_share))


def test_one_product_comes_back_most(ask: Ask) -> None:
    [(worst, share)] = ask(
        "SELECT p.name, 1.0 * COUNT(r.id) / COUNT(*) FROM order_lines l"
        " JOIN products p ON p.id = l.product_id LEFT JOIN returns r ON r.order_line_id = l.id"
        " GROUP BY p.id ORDER BY 2 DESC LIMIT 1"
    )
    assert worst == story.FAULTY_PRODUCT
    assert float(str(share)) > 0.1


def test_december_is_the_best_month_of_every_year_and_umbrellas_sell_in_the_rainy_season(
    ask: Ask,
) -> None:
    best = ask(
        "SELECT year, month FROM (SELECT SUBSTR(order_date, 1, 4) AS year,"
        " SUBSTR(order_date, 6, 2) AS month, SUM(total_amount) AS amount"
        " FROM orders GROUP BY 1, 2) GROUP BY year HAVING amount = MAX(amount) ORDER BY year"
    )
    assert best == [("2023", "12"), ("2024", "12"), ("2025", "12")]
    [(month,)] = ask(
        "SELECT SUBSTR(o.order_date, 6, 2) FROM order_lines l JOIN orders o ON o.id = l.order_id"
        " JOIN products p ON p.id = l.product_id WHERE p.name = '長傘'"
        " GROUP BY 1 ORDER BY SUM(l.quantity) DESC LIMIT 1"
    )
    assert month == "06"


def test_the_readmes_tell_every_planted_fact() -> None:
    examples = Path(__file__).parents[3] / "examples" / "sales"
    for readme in ("README.md", "README.ja.md"):
        words = (examples / readme).read_text(encoding="utf-8")
        for fact in (
            story.WEAK_STORE,
            story.STAR_PRODUCT,
            story.LATE_REGION,
            story.FAULTY_PRODUCT,
        ):
            assert fact in words
