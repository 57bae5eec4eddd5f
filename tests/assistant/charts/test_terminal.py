import pytest
from rich.cells import cell_len

from assistant.charts.chart import Chart, Series
from assistant.charts.rule import choose
from assistant.charts.terminal import Drawing, drawn
from tests.assistant.scripted import result

CITIES = Chart(
    "bar", "city", ("東京都", "深圳", "x" * 60), (Series("sales", (300.0, 150.0, -75.0)),)
)


def lines(drawing: Drawing) -> list[str]:
    return ["".join(text for text, _ in line) for line in drawing]


@pytest.mark.parametrize("width", [30, 80, 120])
def test_bars_start_in_one_column_below_japanese_labels(width: int) -> None:
    tokyo, shenzhen, long = lines(drawn(CITIES, width, 10, japanese=True))
    assert {cell_len(line[: line.index("█")]) for line in (tokyo, shenzhen)} == {
        cell_len(long[: long.rindex("█") + 1])
    }
    assert tokyo.count("█") == pytest.approx(2 * shenzhen.count("█"), abs=1)
    assert max(map(cell_len, (tokyo, shenzhen, long))) <= width
    assert tokyo.endswith(" 300")
    assert long.endswith(" -75")
    assert "…" in long


def test_series_differ_without_colours() -> None:
    chart = Chart("bar", "m", ("a", "b"), (Series("x", (1.0, 2.0)), Series("y", (3.0, None))))
    legend, first, second, *_ = lines(drawn(chart, 40, 10, japanese=False))
    assert legend.split() == ["█", "x", "▓", "y"]
    assert "█" in first
    assert "▓" in second


def test_a_line_rises_from_left_to_right_and_ends_with_its_number() -> None:
    months = tuple(f"{month}月" for month in range(1, 13))
    rising, falling = tuple(map(float, range(12))), tuple(map(float, range(12, 0, -1)))
    chart = Chart("line", "月", months, (Series("増", rising), Series("減", falling)))
    legend, *plot, under = lines(drawn(chart, 60, 8, japanese=True))
    assert legend.split() == ["1", "増", "2", "減"]
    assert [line.rstrip()[-1] for line in plot if line.rstrip()[-1] in "12"] == ["1", "2"]
    assert under.split()[0] == "1月"
    assert all(cell_len(line) <= 60 for line in (*plot, under))


def test_a_gap_breaks_the_line() -> None:
    chart = Chart("line", "t", ("a", "b", "c"), (Series("x", (5.0, None, 5.0)),))
    dots = sum(0x2801 <= ord(c) <= 0x28FF for line in lines(drawn(chart, 40, 6, japanese=False))
               for c in line)  # fmt: skip
    assert dots == 2


def test_two_measures_without_a_name_are_dots() -> None:
    rows = result(*((n, n * n) for n in range(1, 20)), price="integer", sold="integer")
    chart = choose(rows)
    assert chart is not None
    assert chart.kind == "scatter"
    above, *plot, under = lines(drawn(chart, 50, 10, japanese=False))
    assert above == "sold"
    assert "price" in under
    assert any(0x2801 <= ord(c) <= 0x28FF for line in plot[:2] for c in line)


def test_a_single_number_is_large() -> None:
    chart = choose(result((12.5,), average="decimal"))
    assert chart is not None
    top, _, bottom, name = lines(drawn(chart, 40, 10, japanese=False))
    assert "█" in top
    assert "▖" in bottom
    assert name == "average"


def test_a_pie_is_bars_with_their_shares() -> None:
    chart = Chart("pie", "c", ("a", "b"), (Series("share", (75.0, 25.0)),))
    assert [line.split()[-1] for line in lines(drawn(chart, 40, 10, japanese=False))] == [
        "75.0%",
        "25.0%",
    ]


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_nothing_but_zeros_or_gaps_is_drawn(kind: str) -> None:
    for values in ((0.0, 0.0), (None, None)):
        chart = Chart(kind, "c", ("a", "b"), (Series("x", values),))
        assert drawn(chart, 40, 6, japanese=False)
