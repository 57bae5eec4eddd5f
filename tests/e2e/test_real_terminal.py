"""The chat in a real terminal, with a real small model and a real database."""

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from inference.endpoint import Endpoint
from tests.fixtures.tmux import Terminal

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
]


def test_a_question_is_answered_and_its_statement_is_edited_and_run_again(
    model_server: Endpoint, sales_sqlite: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(sales_sqlite)) as database:
        [(truth,)] = database.execute("SELECT COUNT(*) FROM customers")
    terminal = Terminal(tmp_path, patience=120, KOTAE_API_KEY=model_server.api_key or "")
    try:
        place = f"--database {sales_sqlite} --endpoint {model_server.base_url}"
        terminal.type(f"{sys.executable} -m assistant.cli {place}", "Enter")
        terminal.shows("ready")
        terminal.type("How many customers are there?", "Enter")
        terminal.shows("▶ SQL", f"{truth:,}", "tok/s")
        terminal.press("F2")
        terminal.shows("Edit the SQL", "customers")
        terminal.type(" WHERE 1 = 2")
        terminal.press("F5")
        terminal.shows("(SQL edited)")
        terminal.press("C-q")
        terminal.until(lambda: "ready" not in terminal.lines[-1])
    finally:
        terminal.close()
