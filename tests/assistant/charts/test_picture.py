from xml.etree import ElementTree

import pytest

from assistant.charts.chart import Chart, Series
from assistant.charts.picture import picture

CHARTS = [
    Chart("number", "売上", ("",), (Series("売上", (12.5,)),)),
    Chart("bar", "c", ("東京<都>", "b"), (Series("x", (1.0, 2.0)),)),
    Chart("line", "t", ("a", "b", "c"), (Series("x", (1.0, None, 2.0)),)),
    Chart("pie", "c", ("a", "b"), (Series("x", (1.0, 2.0)),)),
    Chart("scatter", "x", ("",) * 3, (Series("x", (1.0, 2.0, 3.0)), Series("y", (2.0, 4.0, 9.0)))),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_a_picture_stands_alone_with_its_title_and_its_colours(chart: Chart) -> None:
    root = ElementTree.fromstring(picture(chart, "質問 <1> & 2", japanese=True))
    names = {element.tag.rsplit("}", 1)[-1]: element for element in root.iter()}
    assert names["title"].text or chart.kind != "number"
    assert "質問 <1> & 2" in "".join(root.itertext())
    assert "#2f6fd0" in (names["style"].text or "")
