from xml.etree import ElementTree

import pytest

from assistant.charts.chart import Chart, Series
from assistant.charts.scale import tick_text, ticks
from assistant.charts.svg import draw

SVG = "{http://www.w3.org/2000/svg}"


def drawn(kind: str, *series: Series, labels: tuple[str, ...] = ("東京", "<b>&", "c")) -> object:
    chart = Chart(kind, "name", labels, series)
    return ElementTree.fromstring(draw(chart, "売上 <i>", japanese=True))


@pytest.mark.parametrize("kind", ["line", "bar", "pie"])
def test_a_drawing_names_itself_and_keeps_markup_out(kind: str) -> None:
    root = drawn(kind, Series("sales", (1.0, 2.5, 4.0)))
    assert root.find(f"{SVG}title").text == "売上 <i>"
    assert "<b>& 2.5" in root.find(f"{SVG}desc").text
    assert root.get("role") == "img"


def test_every_bar_is_as_long_as_its_value() -> None:
    root = drawn("bar", Series("sales", (1.0, 2.0, -4.0)))
    widths = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect")]
    assert widths[1] / widths[0] == pytest.approx(2, rel=0.01)
    assert widths[2] / widths[0] == pytest.approx(4, rel=0.01)


def test_a_missing_value_breaks_the_line() -> None:
    root = drawn("line", Series("s", (1.0, None, 2.0)))
    path = next(root.iter(f"{SVG}path"))
    assert path.get("d").count("M") == 2


def test_slices_are_as_large_as_their_shares_and_a_whole_is_a_circle() -> None:
    texts = [text.text for text in drawn("pie", Series("s", (1.0, 1.0, 2.0))).iter(f"{SVG}text")]
    assert [text.split()[-1] for text in texts] == ["25.0%", "25.0%", "50.0%"]
    whole = drawn("pie", Series("s", (5.0, 0.0, 0.0)))
    assert "100.0%" in [t.text.split()[-1] for t in whole.iter(f"{SVG}text")]


def test_several_series_have_a_legend() -> None:
    root = drawn("line", Series("ウェブ", (1.0, 2.0, 3.0)), Series("店舗", (3.0, 2.0, 1.0)))
    assert {"ウェブ", "店舗"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_ticks_are_round_and_enclose_the_values_and_zero() -> None:
    assert ticks(0, 31_258_400) == [0, 10_000_000, 20_000_000, 30_000_000, 40_000_000]
    assert ticks(-3, 7) == [-4, -2, 0, 2, 4, 6, 8]
    assert ticks(0, 0) == [0, 1]
    assert [round(mark, 2) for mark in ticks(0, 0.3)] == [0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    ("high", "japanese", "text"),
    [
        (40_000_000, True, "4,000万"),
        (4e8, True, "4億"),
        (40_000, False, "40k"),
        (0.3, False, "0.3"),
    ],
)
def test_an_axis_has_one_unit(high: float, japanese: bool, text: str) -> None:
    marks = ticks(0, high)
    assert tick_text(high, marks, japanese=japanese) == text
