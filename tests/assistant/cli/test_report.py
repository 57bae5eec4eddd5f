from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assistant.cli.report import register


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read the question file"),
        ('title = "t"\n', "holds no question"),
        ('title = "t"\n[[question]]\nid = "a"\ntxt = "x"\n', "question[1].txt; did you mean text?"),
        ("title = \n", "cannot be parsed"),
    ],
)
def test_a_bad_question_file_is_one_line_and_a_usage_error(
    command: typer.Typer, tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "q.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(command, [str(file), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_output_directory_is_asked_for(command: typer.Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, [str(tmp_path / "q.toml")])
    assert done.exit_code == 2
    assert "--output" in done.stderr
