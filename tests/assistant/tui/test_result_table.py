from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from assistant.events import Column
from assistant.tui.literal import Passage
from assistant.tui.result_table import CELL_WIDTH, ResultTable, table_cell
from tests.assistant.scripted import result

TEXT = Column("name", "text")


class TableApp(App[None]):
    def __init__(self, table: ResultTable) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        yield self.table


def test_null_the_empty_text_and_the_text_null_look_different() -> None:
    cells = [table_cell(value, TEXT) for value in (None, "", "NULL")]
    assert len({(cell.plain, cell.style) for cell in cells}) == 3
    assert cells[0].plain == "NULL"


def test_numbers_keep_their_digits_and_stand_right() -> None:
    for kind, value in [("decimal", "12345678901234567.10"), ("float", 0.125), ("integer", 7)]:
        cell = table_cell(value, Column("n", kind))
        assert cell.plain.replace(",", "") == str(value)
        assert cell.justify == "right"


def test_a_long_japanese_value_is_cut_by_width() -> None:
    cell = table_cell("売上" * 50, TEXT)
    assert cell_len(cell.plain) <= CELL_WIDTH
    assert cell.plain.endswith("…")


def test_a_value_of_several_lines_stays_on_one() -> None:
    assert table_cell("a\r\nb\tc", TEXT).plain == "a⏎b⇥c"


async def test_a_thousand_rows_are_shown_and_the_rest_is_counted() -> None:
    table = ResultTable(result(*((n,) for n in range(1_001)), n="integer"))
    async with TableApp(table).run_test():
        assert table.query_one(DataTable).row_count == 1_000
        assert table.query_one(Passage).text == "1,000 of 1,001 rows"


async def test_rows_left_in_the_database_are_told() -> None:
    whole = result((1,), n="integer")
    cut = type(whole)(whole.columns, whole.rows, "rows", 1.0, "SELECT 1")
    table = ResultTable(cut)
    async with TableApp(table).run_test():
        assert "the database holds more" in table.query_one(Passage).text


async def test_columns_of_one_name_and_no_rows_are_shown() -> None:
    whole = result(n="integer")
    table = ResultTable(type(whole)(whole.columns * 2, (), None, 1.0, "SELECT 1"))
    async with TableApp(table).run_test():
        assert len(table.query_one(DataTable).columns) == 2
        assert table.query_one(Passage).text == "0 of 0 rows"
