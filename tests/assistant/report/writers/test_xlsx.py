import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from assistant.report.document import assembled
from assistant.report.writers.xlsx import workbook
from tests.assistant.report.documents import AT, FILE, document, finished, long_document


@pytest.fixture
def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(document())))


def test_there_is_a_sheet_of_contents_and_a_sheet_a_question(book: Any) -> None:
    assert book.sheetnames == ["目次", "total", "多い", "failed"]
    assert book["目次"]["A1"].value == "売上の概要 <i>"
    assert book["目次"]["A5"].hyperlink.location == "'total'!A1"


def test_numbers_dates_and_truths_are_real_ones(book: Any) -> None:
    first, second, third = book["多い"].iter_rows(min_row=6, max_row=8, max_col=6, values_only=True)
    assert first == (
        "2025-01", 12345, 0.5, datetime(2025, 1, 31), datetime(2025, 1, 31, 10, 20, 30), True,
    )  # fmt: skip
    # 15 digits are all that a spreadsheet keeps; no date before 1900 is one there.
    assert second == ("2025-02", 23456, "123456789012345678", None, None, False)
    assert third[1:] == (-5, None, "0000-00-00", "x", None)
    assert book["多い"]["D6"].number_format == "yyyy-mm-dd"
    assert isinstance(book["多い"]["D6"].value, date)


def test_formats_are_the_spreadsheets_own(book: Any) -> None:
    assert book["total"]["A6"].value == 12345
    assert book["total"]["A6"].number_format == '"¥"#,##0'


def test_a_cell_that_looks_like_a_formula_is_text(book: Any) -> None:
    cell = book["多い"]["A8"]
    assert cell.data_type == "s"
    assert "=1+1" in cell.value


def test_the_header_stays_in_sight_and_columns_are_wide_enough_for_japanese(book: Any) -> None:
    assert book["多い"].freeze_panes == "A6"
    assert book["多い"].auto_filter.ref == "A5:F8"
    wide = openpyxl.load_workbook(io.BytesIO(workbook(long_document(1, 3))))
    assert wide["q0"].column_dimensions["A"].width >= 2 * 2 + 2 + 2


def test_a_chart_is_a_native_one_over_cells_of_its_sheet() -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(workbook(long_document(1, 5))))
    (chart,) = book["q0"]._charts
    assert type(chart).__name__ == "BarChart"
    reference = chart.series[0].val.numRef.f
    assert reference.startswith("q0!$")


def test_names_of_sheets_that_are_alike_are_told_apart() -> None:
    twice = [q.model_copy(update={"id": id}) for q in FILE.question for id in ("A", "a")]
    done = finished()["total"]
    file = FILE.model_copy(update={"question": twice, "section": []})
    whole = assembled(
        file,
        {q.id: replace(done, question=q) for q in twice},
        at=AT,
        database="d",
        parameters={},
        partial=False,
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook(whole)))
    assert book.sheetnames == ["目次", "A", "a_2"]
