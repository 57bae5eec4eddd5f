from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from assistant.events import Cell, Column, QueryResult
from assistant.tui.result_table import CELL_WIDTH, Order, ResultTable, sorted_rows
from assistant.tui.result_view import extent
from tests.assistant.scripted import result

PEOPLE = result(("東京都", "10.5"), (None, None), ("深圳", "9"), name="text", sales="decimal")


class TableApp(App[None]):
    def __init__(self, rows: QueryResult) -> None:
        super().__init__()
        self.table = ResultTable(rows)
        self.copied: list[str] = []
        self.shown: list[tuple[Column, Cell]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_result_table_copied(self, copied: ResultTable.Copied) -> None:
        self.copied.append(copied.text)

    def on_result_table_value_wanted(self, wanted: ResultTable.ValueWanted) -> None:
        self.shown.append((wanted.column, wanted.value))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]


async def test_null_the_empty_text_and_the_text_null_look_different() -> None:
    rows = result((None,), ("",), ("NULL",), name="text")
    app = TableApp(rows)
    async with app.run_test():
        drawn = [next(iter(app.table.render_line(y))) for y in (1, 2, 3)]
    assert drawn[0].text.strip() == drawn[2].text.strip() == "NULL"
    assert drawn[0].style != drawn[2].style
    assert not drawn[1].text.strip()


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("decimal", "12345678901234567.10", "12,345,678,901,234,567.10"),
        ("float", 0.125, "0.125"),
        ("integer", 7, "7"),
    ],
)
async def test_numbers_keep_their_digits_and_stand_right(
    kind: str, value: Cell, shown: str
) -> None:
    app = TableApp(result((value,), ("1",), a_wide_heading_above_it_all=kind))
    async with app.run_test():
        lines = app.lines
    assert lines[1].strip() == shown
    assert len({len(line) for line in lines[1:3]}) == 1


async def test_a_long_japanese_value_is_cut_by_width_and_a_number_never() -> None:
    app = TableApp(result(("売上" * 50, "9" * 70), name="text", n="decimal"))
    async with app.run_test(size=(200, 10)):
        line = app.lines[1]
    text = line.split("…")[0] + "…"
    assert cell_len(text) <= CELL_WIDTH
    assert line.replace(",", "").endswith("9" * 70)


async def test_a_value_of_several_lines_stays_on_one() -> None:
    app = TableApp(result(("a\r\nb\tc",), name="text"))
    async with app.run_test():
        assert app.lines[1] == "a⏎b⇥c"


async def test_the_last_of_ten_thousand_rows_is_a_key_away() -> None:
    app = TableApp(result(*((n,) for n in range(10_000)), n="integer"))
    async with app.run_test() as pilot:
        app.table.focus()
        await pilot.press("end")
        await pilot.pause()
        assert app.lines[0].strip() == "n"
        assert app.lines[app.table.size.height - 1].strip() == "9,999"


async def test_columns_of_one_name_and_no_rows_are_shown() -> None:
    whole = result(n="integer")
    app = TableApp(QueryResult(whole.columns * 2, (), None, 1.0, "SELECT 1"))
    async with app.run_test() as pilot:
        assert app.lines[0].split() == ["n", "n"]
        await pilot.press("tab", "s", "c", "y", "enter", "down", "right")
    assert app.shown == []


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (None, ["東京都", None, "深圳"]),
        (Order(1), ["深圳", "東京都", None]),
        (Order(1, descending=True), ["東京都", "深圳", None]),
    ],
)
def test_numbers_are_sorted_as_numbers_and_null_stands_last(
    order: Order | None, names: list[str | None]
) -> None:
    assert [PEOPLE.rows[at][0] for at in sorted_rows(PEOPLE, order)] == names


async def sorts(app: TableApp, pilot: Pilot[None]) -> list[str]:
    heads = []
    for _ in range(3):
        await pilot.press("s")
        heads.append(app.lines[0])
    return heads


async def test_a_key_sorts_by_the_cursors_column_and_the_heading_says_how() -> None:
    app = TableApp(PEOPLE)
    async with app.run_test() as pilot:
        app.table.focus()
        await pilot.press("right")
        up, down, none = await sorts(app, pilot)
    assert up.endswith("sales ▲")
    assert down.endswith("sales ▼")
    assert none.endswith("sales")


async def test_a_click_on_a_heading_sorts_and_on_a_cell_takes_the_cursor() -> None:
    app = TableApp(PEOPLE)
    async with app.run_test() as pilot:
        await pilot.click(ResultTable, offset=(10, 0))
        assert app.table.order == Order(1)
        await pilot.click(ResultTable, offset=(1, 2))
        assert (app.table.row, app.table.column, app.table.value) == (1, 0, "東京都")


async def test_a_cell_and_a_row_are_copied_as_the_database_gave_them() -> None:
    app = TableApp(result(("東京都", "1234.50", None), name="text", n="decimal", note="text"))
    async with app.run_test() as pilot:
        app.table.focus()
        await pilot.press("right", "c", "y", "enter")
    assert app.copied == ["1234.50", "東京都\t1234.50\t"]
    assert app.shown == [(Column("n", "decimal"), "1234.50")]


def test_the_extent_says_whether_the_database_holds_more() -> None:
    assert extent(PEOPLE) == "3 rows"
    cut = replace(PEOPLE, truncated="rows")
    assert extent(cut) == "first 3 rows; the database holds more"
    assert extent(cut, total=48213) == "3 of 48,213 rows"
