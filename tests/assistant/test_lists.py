import pytest

from assistant.lists import gives_list


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM customers",
        "SELECT DISTINCT status FROM orders WHERE amount > 5",
        "SELECT name FROM customers WHERE id > 5 ORDER BY name LIMIT 10",
        "SELECT status, COUNT(*) FROM orders GROUP BY status",
        "SELECT status, COUNT(*) FROM orders WHERE id > 5 GROUP BY status ORDER BY 2 DESC",
        "SELECT name, RANK() OVER (ORDER BY id) FROM customers",
        "WITH big AS (SELECT COUNT(*) AS n FROM orders GROUP BY status) SELECT n FROM big",
    ],
)
def test_groups_an_order_or_all_there_is_give_many_rows(sql: str) -> None:
    assert gives_list(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) FROM orders",
        "SELECT SUM(amount) / COUNT(*) FROM orders WHERE status = 'paid'",
        "SELECT name FROM customers WHERE id = 5",
        "SELECT name FROM customers ORDER BY id DESC LIMIT 1",
        "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 1",
        "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY status) AS counts",
        "SELECT name FROM customers UNION SELECT status FROM orders",
        "no statement",
    ],
)
def test_totals_the_first_and_what_conditions_find_may_be_one_row(sql: str) -> None:
    assert not gives_list(sql)
