import csv
import io

import pytest

from assistant import render
from assistant.events import Answer, Cell, Column, ColumnType, Usage
from tests.assistant.scripted import result

ROWS = result(
    ("東京都", 1234567, "1234567890123456789.50", 2025, None),
    ("a|b*[c]", -5, "0.10", 2024, "x\ty\nz"),
    ("\x1b[31mred\x07", None, None, None, "<b> & `c`"),
    prefecture="text",
    orders="integer",
    sales="decimal",
    year="integer",
    note="text",
)
TABLE = """\
prefecture     orders                         sales  year  note
──────────  ─────────  ────────────────────────────  ────  ─────────
東京都      1,234,567  1,234,567,890,123,456,789.50  2025  NULL
a|b*[c]            -5                          0.10  2024  x⇥y⏎z
␛[31mred␇        NULL                          NULL  NULL  <b> & `c`"""
MARKDOWN = r"""
| prefecture | orders | sales | year | note |
| --- | ---: | ---: | ---: | --- |
| 東京都 | 1,234,567 | 1,234,567,890,123,456,789.50 | 2025 | NULL |
| a\|b\*\[c\] | -5 | 0.10 | 2024 | x⇥y⏎z |""".lstrip()
CSV = (
    "prefecture,orders,sales,year,note\n"
    "東京都,1234567,1234567890123456789.50,2025,\n"
    'a|b*[c],-5,0.10,2024,"x\ty\nz"\n'
    "\x1b[31mred\x07,,,,<b> & `c`\n"
)


def test_a_table_is_aligned_in_the_cells_of_a_terminal() -> None:
    assert "\n".join(render.table_lines(ROWS, 10)) == TABLE


def test_a_table_shows_the_first_rows_only_and_a_header_without_any() -> None:
    assert len(render.table_lines(ROWS, 1)) == 3
    assert render.table_lines(result(件数="integer"), 10) == ["件数", "────"]


def test_markup_in_cells_is_inert_in_markdown() -> None:
    assert render.markdown_table(ROWS, 2) == MARKDOWN
    assert render.markdown_table(ROWS, 3).splitlines()[-1] == (
        r"| ␛\[31mred␇ | NULL | NULL | NULL | &lt;b> &amp; \`c\` |"
    )


def test_csv_holds_the_values_as_they_are() -> None:
    assert render.csv_text(ROWS) == CSV
    cells = list(csv.reader(io.StringIO(CSV)))
    assert cells[1] == ["東京都", "1234567", "1234567890123456789.50", "2025", ""]


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (None, "text", "NULL"),
        ("NULL", "text", "NULL"),
        ("", "text", ""),
        (1, "boolean", "true"),
        (0, "boolean", "false"),
        (2, "boolean", "2"),
        (0.1 + 0.2, "float", "0.3"),
        (1e20, "float", "1e+20"),
        (12345.5, "float", "12,345.5"),
        (-1234, "integer", "-1,234"),
        ("-0012345.60", "decimal", "-12,345.60"),
        ("nan", "float", "nan"),
        ("2025-01-01", "date", "2025-01-01"),
        ("a\r\nb", "text", "a⏎b"),
        ("a\x00\x1b\x7f\x9b", "text", "a␀␛␡\ufffd"),
    ],
)
def test_a_cell_reads_as_a_person_expects(cell: Cell, kind: ColumnType, text: str) -> None:
    assert render.cell_text(cell, Column("value", kind)) == text


@pytest.mark.parametrize("name", ["id", "order_id", "YEAR", "年", "注文年", "郵便番号", "zip"])
def test_numbers_that_name_something_are_not_grouped(name: str) -> None:
    assert render.cell_text(20250401, Column(name, "integer")) == "20250401"


@pytest.mark.parametrize("name", ["paid", "years_open", "valid_orders", "件数"])
def test_numbers_that_count_are(name: str) -> None:
    assert render.cell_text(20250401, Column(name, "integer")) == "20,250,401"


def test_no_control_character_reaches_a_terminal() -> None:
    text = render.printable("".join(map(chr, range(0xA0))))
    assert [c for c in text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0] == ["\t", "\n"]


def test_the_footer_counts_new_and_cached_tokens_apart() -> None:
    usage = Usage(2, 12345, 12000, 67, 17.26, 3.14159)
    assert render.footer(usage, "en") == (
        "345 new + 12,000 cached prompt tokens · 67 generated · 17.3 tok/s · 3.1 s"
    )
    assert "新規 345" in render.footer(usage, "ja")


def test_an_answer_without_rows_is_an_object_of_the_same_fields() -> None:
    without = render.answer_json(Answer("refused", "no"))
    assert list(without) == list(render.answer_json(Answer("answered", "yes", result=ROWS)))
    assert (without["rows"], without["row_count"], without["sql"]) == ([], 0, None)
