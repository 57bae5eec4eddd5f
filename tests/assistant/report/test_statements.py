from datetime import date
from pathlib import Path

import pytest

from assistant.cli.report_database import open_database
from assistant.errors import UnknownParameter
from assistant.report.statements import bind_values, generalised
from tests.assistant.shop import write_shop

MONTH = {
    "month": "2025-12",
    "month_label": "2025年12月",
    "month_first": date(2025, 12, 1),
    "month_last": date(2025, 12, 31),
    "month_next": date(2026, 1, 1),
    "month_previous": date(2025, 11, 1),
    "month_year_ago": date(2024, 12, 1),
}
HOSTILE = [
    "x' OR '1'='1",
    "'; DROP TABLE orders; --",
    "\\",
    "\\'",
    "\\' OR 1=1 -- ",
    "''",
    '"',
    "`",
    "a\\nb",
    "%",
    "/* */ -- #",
    ":month",
    "{month}",
    "' UNION SELECT name FROM customers -- ",
    "ｘ＇ＯＲ",
    "\u02bc\u2019",
    "😀𠮷",
    "\u202e",
    "\x7f" * 0 + "é\u0301",
]


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_hostile_value_arrives_as_it_is_and_does_nothing_else(
    tmp_path: Path, value: str
) -> None:
    async with open_database(str(write_shop(tmp_path / "shop.db")))() as database:
        sql = bind_values("SELECT :v AS v FROM customers WHERE id = 1", {"v": value}, "sqlite", "q")
        assert (await database.query(sql)).rows == ((value,),)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("engine", ["sales_mariadb", "sales_mysql"])
async def test_a_hostile_value_arrives_as_it_is_on_a_server(
    request: pytest.FixtureRequest, engine: str, value: str
) -> None:
    async with open_database(request.getfixturevalue(engine))() as database:
        flavour = database.schema.flavour
        sql = bind_values("SELECT :v AS v FROM stores WHERE id = 1", {"v": value}, flavour, "q")
        assert (await database.query(sql)).rows == ((value,),)


@pytest.mark.parametrize("flavour", ["sqlite", "mysql", "mariadb"])
def test_values_are_literals_of_their_type(flavour: str) -> None:
    values = {"n": -5, "x": 0.5, "b": True, "d": date(2025, 1, 2), "s": "a"}
    sql = "SELECT 1-:n, :x, :b FROM t WHERE d = :d AND s = :s"
    assert bind_values(sql, values, flavour, "q") == (
        "SELECT 1-(-5), 0.5, 1 FROM t WHERE d = '2025-01-02' AND s = 'a'"
    )


def test_a_name_within_a_string_a_comment_or_a_quoted_name_is_no_placeholder() -> None:
    sql = "SELECT ':month', `:month`, \"a:month\" /* :month */ FROM t -- :month\nWHERE m = :month"
    assert bind_values(sql, MONTH, "mysql", "q") == sql.removesuffix(":month") + "'2025-12'"


def test_a_value_that_looks_like_a_placeholder_is_not_filled_again() -> None:
    bound = bind_values("SELECT :a, :b", {"a": ":b", "b": "x"}, "sqlite", "q")
    assert bound == "SELECT ':b', 'x'"


def test_an_unknown_placeholder_is_told() -> None:
    with pytest.raises(UnknownParameter, match="q: there is no parameter mnth; did you mean month"):
        bind_values("SELECT :mnth", MONTH, "mysql", "q")


@pytest.mark.parametrize(
    ("sql", "general"),
    [
        ("d BETWEEN '2025-12-01' AND '2025-12-31'", "d BETWEEN :month_first AND :month_last"),
        ("d >= '2025-12-01' AND d < '2026-01-01'", "d >= :month_first AND d < :month_next"),
        ("SUBSTR(d, 1, 7) = '2025-12'", "SUBSTR(d, 1, 7) = :month"),
        ("m = '2025-12' LIMIT 5", "m = :month LIMIT 5"),
        # What is left over looks like a part of the month: it would stay behind next month.
        ("d >= '2025-12-01' AND MONTH(d) = 12", None),
        ("YEAR(d) = 2025 AND MONTH(d) = 12", None),
        ("d LIKE '2025-12%'", None),
        ("d BETWEEN '2025-12-01' AND '2025-12-30'", None),
        ("m = '2025-12' LIMIT 12", None),
        ("status = 'paid'", None),
    ],
)
def test_literals_become_placeholders_only_where_it_is_certain(
    sql: str, general: str | None
) -> None:
    whole = f"SELECT SUM(a) FROM t WHERE {sql}"
    found = generalised(whole, "{month_label}の売上", MONTH, "sqlite")
    assert found == (general and f"SELECT SUM(a) FROM t WHERE {general}")
    if found:
        assert bind_values(found, MONTH, "sqlite", "q") == whole


@pytest.mark.parametrize(
    ("template", "values", "sql"),
    [
        # One value under two names; a number of the question's own; a year as text for a number.
        ("{a}から{b}", {"a": "x", "b": "x"}, "SELECT 1 FROM t WHERE c = 'x'"),
        ("評価5の上位{top}件", {"top": 5}, "SELECT 1 FROM t WHERE r = 5 LIMIT 5"),
        ("{year}年", {"year": 2025}, "SELECT 1 FROM t WHERE strftime('%Y', d) = '2025'"),
        ("売上", {"month": "2025-12"}, "SELECT 1 FROM t WHERE m = '2025-12'"),
    ],
)
def test_a_doubtful_origin_keeps_the_literal(
    template: str, values: dict[str, str | int], sql: str
) -> None:
    assert generalised(sql, template, values, "sqlite") is None


def test_a_number_of_the_question_becomes_a_placeholder() -> None:
    sql = "SELECT name FROM t ORDER BY a DESC LIMIT 10"
    found = generalised(sql, "上位{top}件", {"top": 10}, "mysql")
    assert found == "SELECT name FROM t ORDER BY a DESC LIMIT :top"
