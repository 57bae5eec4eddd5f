from datetime import date

import pytest

from assistant.dates import Today, find_periods, ignored

APRIL = Today(date(2026, 11, 24), fiscal=4)
JANUARY = Today(date(2026, 11, 24))


def spans(question: str, today: Today = APRIL) -> list[str]:
    return [f"{p.first}..{p.last}" for p in find_periods(question, today).periods]


def conditions(question: str) -> list[str]:
    return [period.condition for period in find_periods(question, APRIL).periods]


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("今日の注文は？", "2026-11-24..2026-11-24"),
        ("orders of yesterday", "2026-11-23..2026-11-23"),
        ("おとといの売上", "2026-11-22..2026-11-22"),
        ("今週の売上", "2026-11-23..2026-11-29"),
        ("sales last week?", "2026-11-16..2026-11-22"),
        ("今月の売上", "2026-11-01..2026-11-30"),
        ("先月の売上", "2026-10-01..2026-10-31"),
        ("Sales last month?", "2026-10-01..2026-10-31"),
        ("来月の予約", "2026-12-01..2026-12-31"),
        ("Bookings next year", "2027-01-01..2027-12-31"),
        ("来年度の予算", "2027-04-01..2028-03-31"),
        ("Who comes tomorrow?", "2026-11-25..2026-11-25"),
        ("来週の予約", "2026-11-30..2026-12-06"),
        ("先々月は？", "2026-09-01..2026-09-30"),
        ("今年の売上", "2026-01-01..2026-12-31"),
        ("昨年の売上", "2025-01-01..2025-12-31"),
        ("去年の売上", "2025-01-01..2025-12-31"),
        ("前年の売上", "2025-01-01..2025-12-31"),
        ("一昨年は？", "2024-01-01..2024-12-31"),
        ("LAST YEAR", "2025-01-01..2025-12-31"),
        ("今年度の目標", "2026-04-01..2027-03-31"),
        ("昨年度の売上", "2025-04-01..2026-03-31"),
        ("this fiscal year", "2026-04-01..2027-03-31"),
        ("last fiscal year", "2025-04-01..2026-03-31"),
        ("前四半期は？", "2026-07-01..2026-09-30"),
        ("this quarter", "2026-10-01..2026-12-31"),
        ("直近30日の注文", "2026-10-25..2026-11-24"),
        ("過去3か月間の売上", "2026-08-24..2026-11-24"),
        ("over the last 2 years", "2024-11-24..2026-11-24"),
        ("past 2 weeks", "2026-11-10..2026-11-24"),
    ],
)
def test_what_counts_from_today_is_resolved(question: str, span: str) -> None:
    assert spans(question) == [span]
    assert not find_periods(question, APRIL).open


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("2025年の売上は？", "2025-01-01..2025-12-31"),
        ("２０２５年の売上は？", "2025-01-01..2025-12-31"),
        ("sales in 2024?", "2024-01-01..2024-12-31"),
        ("2024年2月は？", "2024-02-01..2024-02-29"),
        ("2024-02?", "2024-02-01..2024-02-29"),
        ("in February 2025?", "2025-02-01..2025-02-28"),
        ("2025年12月は？", "2025-12-01..2025-12-31"),
        ("2024-02-10の注文は？", "2024-02-10..2024-02-10"),
        ("2024年2月10日は？", "2024-02-10..2024-02-10"),
        ("on March 3rd, 2025", "2025-03-03..2025-03-03"),
        ("2025年度の売上は？", "2025-04-01..2026-03-31"),
        ("2025年度第4四半期", "2026-01-01..2026-03-31"),
        ("2025年度下半期", "2025-10-01..2026-03-31"),
        ("2025年第1四半期", "2025-01-01..2025-03-31"),
        ("2025年上半期", "2025-01-01..2025-06-30"),
        ("Q3 2025", "2025-07-01..2025-09-30"),
        ("2025 Q4", "2025-10-01..2025-12-31"),
        ("FY2025", "2025-04-01..2026-03-31"),
        ("2023年から2025年までの売上", "2023-01-01..2025-12-31"),
        ("between 2023 and 2024", "2023-01-01..2024-12-31"),
        ("from March 2024 to May 2024", "2024-03-01..2024-05-31"),
    ],
)
def test_what_is_named_is_resolved(question: str, span: str) -> None:
    assert spans(question) == [span]


@pytest.mark.parametrize(
    "question",
    [
        "over 12025 yen?",
        "2000円以上の商品",
        "more than 2000 points",
        "over 2000",
        "id 2001",
        "how many?",
        "毎年の売上",
        "the last name of each customer",
        "2024年2月30日",
        "売上の前年比",
        "growth over the previous month",
        "月別の売上と前月との差",
    ],
)
def test_what_is_no_period_is_not_read_as_one(question: str) -> None:
    assert spans(question) == []


def test_two_years_are_two_periods_and_a_repeated_one_is_one() -> None:
    assert spans("2025 vs 2024, 2025?") == ["2025-01-01..2025-12-31", "2024-01-01..2024-12-31"]


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("2024年の売上", "BETWEEN '2024-01-01' AND '2024-12-31'"),
        ("since 2024", ">= '2024-01-01'"),
        ("2024年以降の注文", ">= '2024-01-01'"),
        ("before 2024", "< '2024-01-01'"),
        ("after March 2024", "> '2024-03-31'"),
        ("2024年3月まで", "<= '2024-03-31'"),
        ("2024年以前", "<= '2024-12-31'"),
        ("2024年より前", "< '2024-01-01'"),
    ],
)
def test_a_period_may_be_open_at_one_end(question: str, condition: str) -> None:
    assert conditions(question) == [condition]


def test_the_fiscal_year_starts_when_the_house_says() -> None:
    assert spans("今年度", JANUARY) == ["2026-01-01..2026-12-31"]
    assert spans("今年度", Today(date(2026, 2, 1), 4)) == ["2025-04-01..2026-03-31"]
    assert spans("last quarter", Today(date(2026, 1, 5), 2)) == ["2025-08-01..2025-10-31"]


@pytest.mark.parametrize(
    "question",
    [
        "直近の注文",
        "3か月以内の注文",
        "2年前の売上",
        "orders so far",
        "three days ago",
    ],
)
def test_other_words_that_count_from_today_need_its_date(question: str) -> None:
    assert find_periods(question, APRIL).open


@pytest.mark.parametrize(
    "question",
    ["2025年の売上は？", "月別の売上", "How many?", "毎年", "our current stock?", "売上の前年比"],
)
def test_a_question_that_does_not_count_from_today_does_not_need_it(question: str) -> None:
    assert not find_periods(question, APRIL).open


@pytest.mark.parametrize(
    ("question", "sql", "unmet"),
    [
        ("2025年は？", "SELECT 1 FROM t WHERE d >= '2025-01-01'", []),
        ("2025年は？", "SELECT 1 FROM t", ["2025年"]),
        ("2024 and 2025?", "SELECT 1 FROM t WHERE YEAR(d) = 2024", ["2025"]),
        ("last month?", "SELECT 1 FROM t", ["last month"]),
        ("last month?", "SELECT 1 FROM t WHERE d > CURDATE() - INTERVAL 1 MONTH", []),
        ("how many?", "SELECT 1 FROM t", []),
    ],
)
def test_a_period_that_the_statement_leaves_out_is_noticed(
    question: str, sql: str, unmet: list[str]
) -> None:
    periods = find_periods(question, APRIL).periods
    assert [period.name for period in ignored(periods, sql)] == unmet
