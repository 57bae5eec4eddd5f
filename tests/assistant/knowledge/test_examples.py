"""The knowledge of the examples, held against the samples that it is about."""

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.main import app
from assistant.knowledge.files import read_knowledge

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(params=["sales", "wordpress"])
def sample(request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """The example's folder and the sample's SQLite file."""
    file: Path = request.getfixturevalue(f"{request.param}_sqlite")
    return EXAMPLES / str(request.param), file


def test_it_is_found_beside_the_settings_and_nothing_in_it_is_stale(
    sample: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, database = sample
    monkeypatch.setenv("KOTAE_CONFIG", str(folder / "kotae.toml"))
    listed = CliRunner().invoke(app, ["knowledge", "list"])
    assert {line.split("\t")[0] for line in listed.stdout.splitlines()} == {"term", "note", "pair"}
    checked = CliRunner().invoke(app, ["knowledge", "check", "-d", str(database)])
    assert (checked.exit_code, checked.stdout) == (0, "")


def test_every_pair_runs_and_finds_rows_and_none_is_a_question_of_the_file(
    sample: tuple[Path, Path],
) -> None:
    folder, database = sample
    pairs = read_knowledge(folder / "knowledge").pairs
    with sqlite3.connect(database) as connection:
        for pair in pairs:
            assert connection.execute(pair.sql).fetchone(), pair.question
    connection.close()
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = {json.loads(line)["question"] for line in lines}
    assert questions.isdisjoint(pair.question for pair in pairs)
