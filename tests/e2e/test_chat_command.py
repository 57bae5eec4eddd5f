"""`kotae chat` as a person types it: line by line, gone on with, refused."""

import json
import os
import subprocess
from pathlib import Path

from tests.fixtures.models import KOTAE
from tests.fixtures.scripted_model import ScriptedModel, Text, statement

Done = subprocess.CompletedProcess[str]


def kotae(*arguments: str, typed: str = "", **environ: str) -> Done:
    """Run the command to its end, with these lines on standard input."""
    return subprocess.run(
        [*KOTAE, *arguments], input=typed, env={**os.environ, **environ},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_piped_chat_answers_and_a_later_one_goes_on_from_it(
    scripted_model: ScriptedModel, sales_sqlite: Path
) -> None:
    place = ("-d", str(sales_sqlite), "--endpoint", scripted_model.url)
    read_ahead = Text("")
    customers = statement("SELECT COUNT(*) AS n FROM customers", "顧客は{n}人です。")
    scripted_model.plays(read_ahead, customers)
    first = kotae("chat", "--continue", *place, typed="顧客は何人ですか？\n")
    assert first.returncode == 0, first.stderr
    assert "No conversation" in first.stderr
    assert "人です。" in first.stdout

    orders = statement("SELECT COUNT(*) AS n FROM orders", "注文は{n}件です。")
    scripted_model.plays(read_ahead, orders)
    second = kotae("--plain", "--continue", *place, typed="では注文は？\n")
    assert second.returncode == 0, second.stderr
    assert "顧客は何人ですか？" in second.stderr
    asked = json.dumps(scripted_model.requests[-1]["messages"], ensure_ascii=False)
    assert "SELECT COUNT(*) AS n FROM customers" in asked


def test_a_chat_for_other_machines_needs_a_token() -> None:
    done = kotae("chat", "--web", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "KOTAE_WEB_TOKEN" in done.stderr
    assert done.stderr.count("\n") == 1
