"""The questions in other words than the data have an answer in the sample."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.evaluation.questions import GoldQuestion, read_gold
from tests.benchmarks.answers import WORDS


@pytest.mark.parametrize("question", read_gold(WORDS), ids=lambda question: str(question.id))
def test_every_gold_statement_finds_rows(question: GoldQuestion, sales_sqlite: Path) -> None:
    with closing(sqlite3.connect(sales_sqlite)) as connection:
        for sql in question.gold:
            rows = connection.execute(sql).fetchall()
            assert rows
            assert all(rows[0])
