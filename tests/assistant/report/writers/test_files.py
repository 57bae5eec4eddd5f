import csv
import io
import json
from pathlib import Path

import pytest

from assistant.errors import BrowserFailed, NoBrowser, ReportNotWritable, UnknownFormat
from assistant.report.files import write_whole
from assistant.report.writers import chosen_formats, write_report
from assistant.report.writers.pdf import find_browser
from tests.assistant.report.documents import HOSTILE, document


def test_formats_are_told_apart_and_wrong_ones_are_told() -> None:
    assert chosen_formats(" HTML,xlsx,html") == ("html", "xlsx")
    with pytest.raises(UnknownFormat, match="docx; choose from html, md, json, csv, xlsx, pdf"):
        chosen_formats("html,docx")


def test_a_line_is_the_object_of_ask_with_where_it_came_from(tmp_path: Path) -> None:
    write_report(document(), tmp_path, ("json",))
    text = (tmp_path / "answers.jsonl").read_text(encoding="utf-8")
    first, second, third = map(json.loads, text.splitlines())
    assert (first["id"], first["question"], first["row_count"]) == ("total", "売上合計は？", 1)
    assert first["usage"]["tokens_per_second"] == 17.5
    assert first["provenance"] == {
        "origin": "model", "statement": "", "at": "2026-01-05T09:30:00",
        "parameters": {"month": "2025-12"}, "broken_expectations": ["違う"],
        "previous": "10000", "previous_of": "2025-11", "change": "2345",
        "sql_diff": [], "kotae": first["provenance"]["kotae"],
    }  # fmt: skip
    assert second["rows"][2][0] == HOSTILE
    assert (third["status"], third["rows"]) == ("refused", [])


@pytest.mark.parametrize("bom", [True, False])
def test_rows_are_csv_files_with_a_mark_where_it_is_wished(tmp_path: Path, bom: bool) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "gone.csv").write_text("x", encoding="utf-8")
    write_report(document(), tmp_path, ("csv",), bom=bom)
    assert sorted(p.name for p in (tmp_path / "csv").iterdir()) == ["total.csv", "多い.csv"]
    content = (tmp_path / "csv" / "多い.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") is bom
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[3][0] == HOSTILE


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_whole(path, b"old")
    path.with_name(".report.md.part").mkdir()
    with pytest.raises(ReportNotWritable):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_browser_that_is_not_there_or_does_not_print_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoBrowser, match="KOTAE_BROWSER"):
        find_browser()
    monkeypatch.setenv("KOTAE_BROWSER", "/bin/false")
    with pytest.raises(BrowserFailed, match=r"/bin/false did not print the PDF: exit code 1"):
        write_report(document(), tmp_path, ("pdf",))
    monkeypatch.setenv("KOTAE_BROWSER", str(tmp_path / "nothing"))
    with pytest.raises(BrowserFailed, match="No such file"):
        write_report(document(), tmp_path, ("pdf",))
