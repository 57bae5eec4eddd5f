import base64
import csv
import io
import re
from html.parser import HTMLParser

from assistant.report.writers.html import FIRST_ROWS, html
from tests.assistant.report.documents import HOSTILE, document, long_document

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "circle", "rect", "line"}


class Page(HTMLParser):
    """A page taken apart: elements with their attributes and texts, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def test_the_page_is_well_formed_and_says_what_is_in_the_report() -> None:
    page = Page(html(document()))
    assert page.open == []
    assert page.of("html")[0]["lang"] == "ja"
    assert page.said("h1") == ["売上の概要 <i>"]
    assert page.said("h3") == ["売上合計", "月別は？", "天気は？"]
    assert "¥12,345" in page.said("dd")
    assert "▲ +¥2,345 (+23.5%)（2025-11 と比較）" in page.said("small")
    assert [a["id"] for a in page.of("article")] == ["total", "多い", "failed"]


def test_the_table_of_contents_leads_to_every_question() -> None:
    page = Page(html(document()))
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = {str(a["href"])[1:] for a in page.of("a") if str(a["href"]).startswith("#")}
    assert links <= places
    assert {"total", "多い", "failed", "part-2", "report"} <= links


def test_nothing_is_loaded_from_anywhere() -> None:
    page = Page(html(document()))
    links = [a for _, a in page.elements for name in ("src", "href", "action") if name in a]
    assert all(str(a.get("href", "")).startswith(("#", "data:text/csv")) for a in links)
    policy = next(a["content"] for a in page.of("meta") if "http-equiv" in a)
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"url\(|@import|fetch|XMLHttp", html(document()))


def test_markup_of_the_database_and_of_the_model_stays_text() -> None:
    page = Page(html(document()))
    assert len(page.of("script")) == 1
    shown = HOSTILE.replace("\n", "⏎").replace("\x1b", "␛")
    assert shown in page.said("td")
    assert "天気は <わかりません>。" in page.said("p")


def test_the_rows_can_be_taken_along_as_csv() -> None:
    page = Page(html(document()))
    links = {a["download"]: str(a["href"]) for a in page.of("a") if "download" in a}
    content = base64.b64decode(links["多い.csv"].partition(",")[2]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert (rows[0][:2], rows[3][0]) == (["month", "sales"], HOSTILE)


def test_a_chart_is_drawn_and_a_broken_expectation_is_told() -> None:
    text = html(document())
    assert Page(text).of("svg")[0]["role"] == "img"
    assert "期待と異なります: 違う" in text


def test_a_partial_report_says_so() -> None:
    assert "部分的です" in html(document(partial=True))
    assert "部分的です" not in html(document())


def test_paper_has_no_script_and_no_links_to_data() -> None:
    page = Page(html(document(), for_print=True))
    assert page.of("script") == page.of("button") == []
    assert not [a for a in page.of("a") if "download" in a]


def test_a_long_table_is_cut_and_says_so() -> None:
    text = html(long_document(1, FIRST_ROWS + 200))
    assert Page(text).said("td")[-3] == f"項目 {FIRST_ROWS - 1}"
    assert "1,200 行のうち 1,000 行。" in text
