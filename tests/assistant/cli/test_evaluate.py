import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.main import app
from tests.assistant.shop import write_shop
from tests.fixtures.scripted_model import ScriptedModel, statement

COUNT = "SELECT COUNT(*) AS n FROM customers"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_shop(tmp_path / "shop.db")
    lines = [
        {"id": id, "question": f"How many {id}?", "gold": COUNT, "db": db}
        for id, db in (("a", "shop"), ("b", ""), ("c", "other"))
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def kotae(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_a_run_is_scored_and_goes_on_from_its_journal(
    file: Path, scripted_model: ScriptedModel
) -> None:
    scripted_model.plays(statement(COUNT))
    place = ["-d", file.with_name("shop.db"), "--endpoint", scripted_model.url]
    first = kotae(file, *place)
    assert "| all | 2 | 1 | 50% | 1 |" in first.stdout
    assert "[1/2] a: right" in first.stderr
    assert "suspect gold: 1" in first.stderr
    again = kotae(file, *place, "--json")
    assert "not asked again: 2" in again.stderr
    assert json.loads(again.stdout)["groups"][0]["right"] == 1
    journal = file.with_suffix(".journal")
    assert [json.loads(line)["kind"] for line in journal.read_text().splitlines()] == [
        "right",
        "no_sql",
    ]
    assert kotae("--compare", journal, journal).stdout.startswith("questions in both: 2;")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a question file"),
        (["nothing.jsonl"], "cannot read nothing.jsonl"),
        (["gold.jsonl", "--without", "values,magic"], "there is no method magic"),
        (["--compare", "a", "b"], "cannot use the journal a"),
    ],
)
def test_bad_input_is_one_line_and_a_usage_error(
    file: Path, arguments: list[str], said: str
) -> None:
    done = kotae(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_about_other_databases_only_says_so(
    file: Path, scripted_model: ScriptedModel, tmp_path: Path
) -> None:
    other = write_shop(tmp_path / "third.db")
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], lines[2]]), encoding="utf-8")
    done = kotae(file, "-d", other, "--endpoint", scripted_model.url)
    assert done.exit_code == 2
    assert "no question about the database third" in done.stderr
