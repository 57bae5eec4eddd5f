"""The report in a real browser and on paper: Chromium opens it, prints it, is asked about it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from assistant.report.writers import write_report
from assistant.report.writers.pdf import find_browser
from tests.assistant.report.documents import document, long_document


@pytest.fixture(scope="session")
def browser() -> str:
    return find_browser()


def chromium(browser: str, folder: Path, *arguments: str) -> str:
    """What a browser without a window and without a network says."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    flags = ["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run(
        [browser, *root, *flags, profile, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def test_the_page_runs_without_a_complaint_and_sorts_a_table(browser: str, tmp_path: Path) -> None:
    write_report(long_document(1, 12), tmp_path, ("html",))
    page = tmp_path / "report.html"
    text = page.read_text(encoding="utf-8")
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    # The page's own script, under its own policy, must run first; then a click is made for us.
    clicked = (
        '<script>const head=document.querySelectorAll("th button")[1];head.click();head.click();'
        "</script></body>"
    )
    page.write_text(policy.sub("", text).replace("</body>", clicked), encoding="utf-8")
    dom = chromium(browser, tmp_path, "--dump-dom", page.as_uri())
    assert 'aria-sort="descending"' in dom
    first = re.search(r"<tbody>\s*<tr>.*?</tr>", dom, re.DOTALL)
    assert first is not None
    assert "11,000" in first[0]


def test_the_policy_lets_our_own_style_and_script_run(browser: str, tmp_path: Path) -> None:
    write_report(document(), tmp_path, ("html",))
    log = subprocess.run(
        [
            browser, *(["--no-sandbox"] if os.geteuid() == 0 else []), "--headless",
            "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
            (tmp_path / "report.html").as_uri(),
        ],
        capture_output=True, text=True, check=True, timeout=120,
    ).stderr  # fmt: skip
    assert "Content Security Policy" not in log
    assert "Uncaught" not in log


def test_the_printed_report_has_its_japanese_text(browser: str, tmp_path: Path) -> None:
    write_report(document(), tmp_path, ("pdf",))
    pdftotext = shutil.which("pdftotext")
    assert pdftotext, "install poppler-utils"
    command = [pdftotext, "-layout", str(tmp_path / "report.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    plain = re.sub(r"\s", "", text)
    assert "売上の概要" in plain
    assert "税抜きです。" in plain
    assert "¥12,345" in plain
    assert "天気は<わかりません>。" in plain


def test_the_page_has_charts_and_links_that_a_browser_knows(browser: str, tmp_path: Path) -> None:
    write_report(document(), tmp_path, ("html",))
    page = tmp_path / "report.html"
    asked = (
        '<script>document.title=JSON.stringify({charts:document.querySelectorAll("svg.chart").length,'
        "broken:[...document.querySelectorAll(\"a[href^='#']\")].filter("
        "a=>!document.getElementById(decodeURIComponent(a.hash.slice(1)))).length,"
        "wide:document.documentElement.scrollWidth<=innerWidth})</script></body>"
    )
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    page.write_text(text.replace("</body>", asked), encoding="utf-8")
    dom = chromium(browser, tmp_path, "--dump-dom", "--window-size=390,844", page.as_uri())
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title is not None
    facts = json.loads(title[1].replace("&quot;", '"'))
    assert facts == {"charts": 1, "broken": 0, "wide": True}
