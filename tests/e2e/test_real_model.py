"""`kotae ask` with a real small model: a right number, and a warm question that costs little."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inference.endpoint import Endpoint
from tests.fixtures.models import KOTAE

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


@pytest.fixture
def ask(model_server: Endpoint, sales_sqlite: Path) -> Callable[[str], dict[str, Any]]:
    """The JSON object of an answer on the sample."""

    def asked(question: str) -> dict[str, Any]:
        place = ["--database", str(sales_sqlite), "--endpoint", model_server.base_url]
        done = subprocess.run(
            [*KOTAE, "ask", "--json", *place, question],
            env=os.environ | {"KOTAE_API_KEY": model_server.api_key or ""},
            capture_output=True,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return asked


def test_the_number_is_the_one_that_the_rows_hold(
    ask: Callable[[str], dict[str, Any]], sales_sqlite: Path
) -> None:
    with closing(sqlite3.connect(sales_sqlite)) as database:
        truth = database.execute("SELECT COUNT(*) FROM customers").fetchone()[0]
    answer = ask("How many customers are there?")
    assert answer["status"] == "answered"
    assert answer["rows"] == [[truth]]
    assert f"{truth:,}" in answer["answer"]


def test_a_warm_question_reads_its_own_words_and_the_whole_schema_is_small(
    ask: Callable[[str], dict[str, Any]],
) -> None:
    ask("How many customers are there?")
    usage = ask("How many products are there?")["usage"]
    assert usage["calls"] == 1
    assert usage["prompt_tokens"] - usage["cached_tokens"] <= 200
    assert usage["prompt_tokens"] <= 1800
