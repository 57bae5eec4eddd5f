import pytest

from assistant.charts.rule import choose
from tests.assistant.scripted import result

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
OVER_TIME = result(*((m, n) for n, m in enumerate(MONTHS)), 月="text", 売上="integer")
BY_NAME = result(("東京", 5), ("大阪", 3), name="text", sales="integer")


def test_one_number_is_a_number() -> None:
    chart = choose(result((42,), n="integer"))
    assert chart is not None
    assert (chart.kind, chart.series[0].values) == ("number", (42.0,))


def test_values_over_time_are_a_line_and_values_over_names_are_bars() -> None:
    assert choose(OVER_TIME).kind == "line"
    assert choose(BY_NAME).kind == "bar"
    assert choose(BY_NAME).labels == ("東京", "大阪")
    assert choose(result(("2025-01", 1), ("2025-02", 2), m="text", n="integer")).kind == "bar"


@pytest.mark.parametrize("label", ["2025-01-31", "2025年1月", "1月", "2025", "2025-Q1", "2025/01"])
def test_a_moment_is_known_by_its_writing(label: str) -> None:
    rows = result(*((label, n) for n in range(3)), t="text", n="integer")
    assert choose(rows).kind == "line"


def test_a_year_that_is_a_number_labels_and_is_not_measured() -> None:
    chart = choose(result((2023, 1), (2024, 2), (2025, 3), year="integer", n="integer"))
    assert chart is not None
    assert (chart.kind, chart.category, chart.labels) == ("line", "year", ("2023", "2024", "2025"))


def test_two_labels_and_one_measure_are_a_series_for_each_second_label() -> None:
    rows = [(m, c, n) for n, m in enumerate(MONTHS) for c in ("ウェブ", "店舗")]
    chart = choose(result(*rows[:-1], 月="text", 販路="text", 売上="integer"))
    assert chart is not None
    assert (chart.kind, [s.name for s in chart.series]) == ("line", ["ウェブ", "店舗"])
    assert chart.series[1].values[-1] is None


def test_shares_are_a_pie() -> None:
    chart = choose(result(("a", 0.4), ("b", 0.6), name="text", 構成比="float"))
    assert chart is not None
    assert chart.kind == "pie"


def test_a_wish_is_followed_where_the_rows_allow_it() -> None:
    assert choose(BY_NAME, "pie").kind == "pie"
    assert choose(OVER_TIME, "bar").kind == "bar"
    assert choose(BY_NAME, "table") is None
    assert choose(result(("a", -1), ("b", 2), n="text", v="integer"), "pie") is None
    assert choose(result(*((str(n), n) for n in range(99)), n="text", v="integer"), "bar") is None


@pytest.mark.parametrize(
    "rows",
    [
        result(n="integer"),
        result(("a",), ("b",), name="text"),
        result((1, 2), (3, 4), a="integer", b="integer"),
        result(("a", 1), name="text", n="integer", ),
        result(("a", "x", 1), ("a", "x", 2), a="text", b="text", n="integer"),
        result((None,), n="integer"),
    ],
)  # fmt: skip
def test_rows_that_no_chart_says_better_have_none(rows) -> None:
    assert choose(rows, "bar") is None
