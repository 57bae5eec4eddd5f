"""`make demo`'s own script, with the real model; its numbers are proven against the rows."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.models import MODELS

DEMO = Path(__file__).parents[2] / "examples" / "sales" / "demo.py"
TRUTH = (
    "SELECT SUM(total_amount) FROM orders WHERE order_date BETWEEN '2025-01-01' AND '2025-12-31'",
    "SELECT COUNT(*) FROM shipments WHERE delivered_date > due_date",
)


@pytest.mark.model
@pytest.mark.timeout(900)
def test_the_demo_answers_both_questions_with_the_numbers_that_the_rows_hold(
    tmp_path: Path, sales_sqlite: Path
) -> None:
    environment = os.environ | {"KOTAE_MODELS_DIR": str(MODELS), "XDG_DATA_HOME": str(tmp_path)}
    demo = subprocess.run(
        [sys.executable, DEMO], capture_output=True, text=True, env=environment, check=False
    )
    assert demo.returncode == 0, demo.stderr
    with sqlite3.connect(sales_sqlite) as database:
        numbers = [database.execute(sql).fetchone()[0] for sql in TRUTH]
    database.close()
    for number in numbers:
        assert f"{number:,}" in demo.stdout
    assert "SELECT" in demo.stderr
