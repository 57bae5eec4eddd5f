"""The report as PDF: the HTML printed by a browser that is here already.

Chrome, Edge and Chromium print Japanese with the system's own fonts, and the same style sheet
and charts; a PDF library would need a font of several megabytes and a second layout.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.errors import BrowserFailed, NoBrowser
from assistant.report.document import Document
from assistant.report.writers.html import html

SECONDS = 120
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
          "microsoft-edge", "msedge", "brave-browser")  # fmt: skip
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
    r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
)


def find_browser() -> str:
    """KOTAE_BROWSER, else a browser of the Chromium family; raises NoBrowser."""
    if found := next(_candidates(), None):
        return found
    raise NoBrowser


def _candidates() -> Iterator[str]:
    if named := os.environ.get("KOTAE_BROWSER"):
        yield named
    yield from filter(None, map(shutil.which, _NAMES))
    yield from (place for p in _PLACES if Path(place := os.path.expandvars(p)).is_file())


def pdf(document: Document) -> bytes:
    """The report, printed; raises NoBrowser, BrowserFailed."""
    browser = find_browser()
    with TemporaryDirectory(prefix="kotae-pdf-", ignore_cleanup_errors=True) as folder:
        page, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_text(html(document, for_print=True), encoding="utf-8")
        reason = _print(browser, page, printed, Path(folder, "profile"))
        if not printed.is_file():
            raise BrowserFailed(browser=browser, reason=reason)
        return printed.read_bytes()


def _print(browser: str, page: Path, printed: Path, profile: Path) -> str:
    """Run the browser without a window and without a network; returns what it said last."""
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        f"--user-data-dir={profile}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={printed}",
        page.as_uri(),
    ]
    if sys.platform == "linux" and os.geteuid() == 0:  # Chromium refuses its sandbox to root
        command.insert(1, "--no-sandbox")
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said else f"exit code {done.returncode}"
