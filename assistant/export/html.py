"""A conversation as one HTML file: no network, no script, no file beside it."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from assistant.charts.rule import choose
from assistant.charts.svg import draw
from assistant.events import Column, QueryResult
from assistant.export.words import answer_words, cost_words, head, rows_words
from assistant.locale import language, language_of
from assistant.page import policy, style
from assistant.render import cell_text, is_numeric
from assistant.sessions.session import KeptTurn, Transcript

TABLE_ROWS = 1_000


def html(transcript: Transcript) -> str:
    """The whole page; charts are drawn where the rows ask for one."""
    return _template().render(
        session=transcript.session,
        turns=transcript.turns,
        lang=language(),
        head=head(transcript.session),
        style=Markup(style()),
        policy=policy(),
        answer_words=answer_words,
        rows_words=lambda answer: rows_words(answer, TABLE_ROWS),
        cost_words=cost_words,
        chart=_chart,
        rows=_rows,
        side=_side,
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files(__package__).joinpath("conversation.html.j2")
    return environment.from_string(source.read_text(encoding="utf-8"))


def _chart(turn: KeptTurn) -> Markup:
    result = turn.answer.result if turn.answer else None
    chart = choose(result) if result else None
    if chart is None or chart.kind == "number":
        return Markup()
    # ElementTree has escaped every text in it.
    return Markup(draw(chart, turn.question, japanese=language_of(turn.question) == "ja"))


def _rows(result: QueryResult) -> list[list[tuple[str, str]]]:
    """(text, class) of each cell."""
    return [
        [
            (cell_text(cell, column), "null" if cell is None else _side(column))
            for cell, column in zip(row, result.columns, strict=True)
        ]
        for row in result.rows[:TABLE_ROWS]
    ]


def _side(column: Column) -> str:
    return "n" if is_numeric(column) else ""
