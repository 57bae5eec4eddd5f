import csv
import json
import re
import stat
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest

from assistant.errors import ExportNotWritable, UnknownFormat
from assistant.events import Answer
from assistant.export import export_conversation, export_result
from assistant.sessions.session import KeptTurn, Session, Transcript
from tests.assistant.scripted import USAGE, result

HOSTILE = '<script>alert("x")</script>|`'
ROWS = result(
    ("東京都", 12345, "12345678901234567890", "2025-01-31", None),
    ("=1+1", 7, "0.10", "2025-02-28", HOSTILE),
    都道府県="text",
    sales="integer",
    exact="decimal",
    day="date",
    memo="text",
)
TRANSCRIPT = Transcript(
    Session(1, "売上の話", "sales", "gpt-oss-20b", "2026-11-24 19:00:00", "2026-11-24", 3),
    (
        KeptTurn(
            "どの県が最多？",
            "2026-11-24 19:00:00",
            Answer(
                "answered",
                "東京都が最多です。",
                sql="SELECT '`" + HOSTILE + "'",
                result=ROWS,
                notes=("2 rows",),
                usage=USAGE,
            ),
        ),
        KeptTurn(HOSTILE, "2026-11-24 19:01:00", Answer("ask", "?", choices=("a", HOSTILE))),
        KeptTurn("cut", "2026-11-24 19:02:00", None),
    ),
)


class Page(HTMLParser):
    """The elements of a page and its texts; entities are read as a browser does."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_conversation_reads_back_from_html_and_nothing_of_it_is_markup(tmp_path: Path) -> None:
    export_conversation(TRANSCRIPT, tmp_path / "売上.html")
    page = Page((tmp_path / "売上.html").read_text("utf-8"))
    assert "script" not in page.elements
    assert page.elements.count("article") == 3
    for text in ("どの県が最多？", "東京都が最多です。", "12,345", "NULL", HOSTILE, "2 rows"):
        assert text in page.texts
    assert "Not answered: the program ended first." in page.texts
    assert stat.S_IMODE((tmp_path / "売上.html").stat().st_mode) == 0o600


def test_a_conversation_reads_back_from_markdown(tmp_path: Path) -> None:
    export_conversation(TRANSCRIPT, tmp_path / "c.md")
    text = (tmp_path / "c.md").read_text("utf-8")
    assert re.findall("^#.*", text, re.MULTILINE)[:2] == ["# 売上の話", "## どの県が最多？"]
    assert "<script" not in re.sub(r"^(```+).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "| 東京都 | 12,345 |" in text


def test_a_result_reads_back_from_csv_and_json(tmp_path: Path) -> None:
    for name in ("r.csv", "r.json"):
        export_result(ROWS, tmp_path / name)
    content = (tmp_path / "r.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    head, tokyo, other = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert head == ["都道府県", "sales", "exact", "day", "memo"]
    assert tokyo == ["東京都", "12345", "12345678901234567890", "2025-01-31", ""]
    assert other[4] == HOSTILE
    read = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert [tuple(row) for row in read["rows"]] == list(ROWS.rows)


def test_a_result_reads_back_from_a_workbook_with_real_numbers_and_dates(tmp_path: Path) -> None:
    export_result(ROWS, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(BytesIO((tmp_path / "r.xlsx").read_bytes()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1] == ("東京都", 12345, "12345678901234567890", datetime(2025, 1, 31), None)
    assert rows[2] == ("=1+1", 7, 0.1, datetime(2025, 2, 28), HOSTILE)


def test_a_suffix_that_nobody_writes_and_a_folder_that_is_not_there_are_told(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownFormat, match="html, md"):
        export_conversation(TRANSCRIPT, tmp_path / "c.docx")
    with pytest.raises(ExportNotWritable):
        export_result(ROWS, tmp_path / "nowhere" / "r.csv")
