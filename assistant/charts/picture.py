"""A chart as a picture of its own: an SVG file with its colours, on white."""

from html import escape

from assistant.charts.chart import Chart
from assistant.charts.svg import WIDTH, draw
from assistant.charts.terminal import value_text

_COLOURS = ("#2f6fd0", "#d9822b", "#2e8b6f", "#b04a7f", "#7a6fd0", "#8a7a2b", "#4a8fb0", "#b05a4a")
_STYLE = (
    "svg{background:#fff;font:12px sans-serif}text{fill:#222}"
    ".grid{stroke:#ddd}.axis{stroke:#888}.stroke{fill:none;stroke-width:2}"
    + "".join(
        f".fill.s{at}{{fill:{colour}}}.stroke.s{at}{{stroke:{colour}}}"
        for at, colour in enumerate(_COLOURS, 1)
    )
)


def picture(chart: Chart, title: str, *, japanese: bool) -> str:
    """The file's text."""
    drawing = draw(chart, title, japanese=japanese) or _number(chart, title)
    opening, rest = drawing.split(">", 1)
    return f"{opening}><style>{_STYLE}</style>{rest}\n"


def _number(chart: Chart, title: str) -> str:
    value = value_text(chart.series[0].values[0])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 120" role="img">'
        f"<title>{escape(title)}</title>"
        f'<text x="{WIDTH / 2}" y="64" text-anchor="middle" font-size="48">{value}</text>'
        f'<text x="{WIDTH / 2}" y="100" text-anchor="middle">{escape(chart.category)}</text></svg>'
    )
