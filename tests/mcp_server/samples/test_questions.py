"""The gold statements of examples/sales/questions.jsonl, run on every engine."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

FILE = Path(__file__).parents[3] / "examples" / "sales" / "questions.jsonl"
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()
]


def _cell(value: object) -> object:
    """Numbers to four places, which is where MySQL cuts an average."""
    number = isinstance(value, int | float | Decimal)
    return Decimal(str(value)).quantize(Decimal("1.0000")) if number else value


def _rows(url: str, sql: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(_cell(cell) for cell in row) for row in connection.execute(text(sql))]
    engine.dispose()
    return rows


def test_half_of_the_questions_are_japanese_and_ids_are_unique() -> None:
    assert Counter(question["language"] for question in QUESTIONS) == {"ja": 5, "en": 5}
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert set(question) == {"id", "language", "question", "gold", "order"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["id"]))
@pytest.mark.parametrize("engine", ["mariadb", "mysql"])
def test_every_gold_statement_gives_the_same_rows_on_servers_and_sqlite(
    question: dict[str, Any], engine: str, sales_sqlite: Path, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue(f"sales_{engine}")
    for sql in question["gold"]:
        expected, found = _rows(f"sqlite:///{sales_sqlite}", sql), _rows(url, sql)
        assert expected
        if question["order"]:
            assert found == expected
        else:
            assert Counter(found) == Counter(expected)
