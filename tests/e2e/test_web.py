"""The chat in a real browser: a page is opened, asked, cancelled."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.report.writers.pdf import find_browser
from tests.e2e.browser import opened

ROOT = Path(__file__).parents[2]


@pytest.fixture
def chat_url() -> Iterator[str]:
    """The scripted chat, served on a loopback port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.e2e.scripted_web", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.terminate()
        assert server.wait(30) == 0


async def test_a_question_asked_in_a_browser_is_cancelled_and_the_next_answered(
    chat_url: str, tmp_path: Path
) -> None:
    async with opened(find_browser(), tmp_path, chat_url) as page:
        await page.receives("gpt-oss-20b · ready")
        assert await page.value("document.body.classList.contains('-first-byte')")
        await page.value("document.querySelector('.xterm-helper-textarea').focus()")
        await page.type("東京の売上は？")
        await page.receives("❯ 東京の売上は？", "stuck", "answering")
        await page.press("Escape", 27)
        await page.receives("Cancelled.")
        await page.type("大阪は？")
        await page.receives("東京都が最多です。", "12,345")
        outside = "performance.getEntriesByType('resource').filter(e => !e.name.startsWith('{0}'))"
        assert await page.value(f"{outside.format(chat_url.rstrip('/'))}.length") == 0
