"""The gold statements of the examples' question files, run on every engine."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

EXAMPLES = Path(__file__).parents[3] / "examples"


def _questions(sample: str) -> list[dict[str, Any]]:
    file = EXAMPLES / sample / "questions.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


QUESTIONS = [(name, entry) for name in ("sales", "wordpress") for entry in _questions(name)]


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


@pytest.mark.parametrize("sample", ["sales", "wordpress"])
def test_about_half_of_the_questions_are_japanese_and_ids_are_unique(sample: str) -> None:
    questions = _questions(sample)
    languages = Counter(question["language"] for question in questions)
    assert abs(languages["ja"] - languages["en"]) <= 2
    assert len({question["id"] for question in questions}) == len(questions) >= 10
    for question in questions:
        keys = {"id", "language", "question", "gold", "order"}
        assert set(question) - {"difficulty"} == keys


@pytest.mark.parametrize(
    ("sample", "question"), QUESTIONS, ids=[f"{name}-{entry['id']}" for name, entry in QUESTIONS]
)
@pytest.mark.parametrize("engine", ["mariadb", "mysql"])
def test_every_gold_statement_gives_the_same_rows_on_servers_and_sqlite(
    sample: str, question: dict[str, Any], engine: str, request: pytest.FixtureRequest
) -> None:
    url: str = request.getfixturevalue(f"{sample}_{engine}")
    file: Path = request.getfixturevalue(f"{sample}_sqlite")
    for sql in question["gold"]:
        expected, found = _rows(f"sqlite:///{file}", sql), _rows(url, sql)
        assert expected
        if question["order"]:
            assert found == expected
        else:
            assert Counter(found) == Counter(expected)


def test_the_answers_shown_are_those_that_the_rows_of_the_diary_hold(
    wordpress_sqlite: Path,
) -> None:
    shown = (EXAMPLES / "wordpress" / "answers.md").read_text(encoding="utf-8")
    sections = dict(part.split("\n", 1) for part in shown.split("\n## ")[1:])
    for question in _questions("wordpress"):
        section = sections.pop(question["id"])
        assert question["question"] in section
        for sql in question["gold"][:1]:
            assert sql in section
            rows = _rows(f"sqlite:///{wordpress_sqlite}", sql)
            for row in rows[:5]:
                assert f"| {' | '.join(_shown(cell) for cell in row)} |" in section
            assert len(rows) <= 5 or f"{len(rows)} rows in all" in section
    assert not sections


def _shown(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, Decimal) else str(cell)
