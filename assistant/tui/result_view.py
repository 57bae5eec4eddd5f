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
        self.total: int | None = None
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
            self.retell()

    def retell(self) -> None:
        """Say how many rows there are, and what else can be done with them."""
        words = [extent(self.result, self.total)]
        if self._drawing:
            words.append(t("tui.table_offered" if self._drawing.display else "tui.chart_offered"))
        self._extent.write(" · ".join(words))


def extent(result: QueryResult, total: int | None = None) -> str:
    """How many rows are here, and how many there are in all where that is known."""
    count = f"{result.row_count:,}"
    if total is not None:
        return t("tui.rows_of", count=count, total=f"{total:,}")
    key = "tui.rows_first" if result.truncated else "tui.rows_all"
    return t(key, count=count)
