"""Rows as a table or as a chart, and how many there are."""

from textual.containers import Vertical

from assistant.charts.rule import choose
from assistant.events import QueryResult
from assistant.locale import t
from assistant.tui.chart_view import ChartView
from assistant.tui.literal import Passage
from assistant.tui.result_table import ResultTable


class ResultView(Vertical):
    """A table; where the rows make a chart, one key shows that instead."""

    def __init__(self, result: QueryResult) -> None:
        self.result = result
        self.table = ResultTable(result)
        self.chart = choose(result)
        self._drawing = ChartView(self.chart) if self.chart else None
        self._extent = Passage(classes="muted")
        parts = [self.table, *([self._drawing] if self._drawing else []), self._extent]
        super().__init__(*parts)
        if self._drawing:
            self._drawing.display = False
        self.retell()

    def toggle_chart(self) -> None:
        """Show the chart instead of the table, or the other way round."""
        if self._drawing:
            self._drawing.display = not self._drawing.display
            self.table.display = not self._drawing.display

    def retell(self) -> None:
        """Say how many rows there are, and what else can be done with them."""
        words = [extent(self.result)]
        if self.chart:
            words.append(t("tui.chart_offered"))
        self._extent.write(" · ".join(words))


def extent(result: QueryResult) -> str:
    """How many rows are here, and whether the database holds more."""
    count = f"{result.row_count:,}"
    key = "tui.rows_first" if result.truncated else "tui.rows_all"
    return t(key, count=count)
