"""`kotae init` as a person runs it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.settings import load
from mcp_server import settings as tool_settings

KOTAE = [sys.executable, "-c", "from assistant.cli import main; main()", "init"]
ROOT = Path(__file__).parents[3]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def init(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, *words],
        env=environment(),
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def on_a_terminal(answers: str, **environ: str) -> tuple[int, str]:
    """Exit code and everything shown; the answers are typed ahead."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        KOTAE, env=environment(**environ), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:
        """The terminal's other end is gone."""
    os.close(ours)
    return process.wait(60), shown.decode()


def test_flags_write_settings_that_both_packages_read(sales_sqlite: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "kotae.toml"
    done = init("-d", str(sales_sqlite), "-m", "qwen2.5-coder-1.5b", "-o", str(file))

    assert (done.returncode, done.stdout) == (0, f"{file}\n")
    assert "SQLite" in done.stderr
    assert "kotae model pull qwen2.5-coder-1.5b" in done.stderr
    assert load({"KOTAE_CONFIG": str(file)}).model.name == "qwen2.5-coder-1.5b"
    assert tool_settings.load(file, environ={}).connections["default"].is_sqlite


def test_a_password_from_standard_input_goes_into_a_private_file(
    mariadb: str, tmp_path: Path
) -> None:
    file = tmp_path / "kotae.toml"
    url = mariadb.replace("mysql+pymysql", "mysql")
    done = init("-d", url, "--password-stdin", "--no-test", "-o", str(file), typed="geheim\n")

    assert done.returncode == 0
    assert "geheim" not in file.read_text(encoding="utf-8") + done.stdout + done.stderr
    secret = tmp_path / "database.password"
    assert (secret.read_text(encoding="utf-8"), secret.stat().st_mode & 0o777) == (
        "geheim\n",
        0o600,
    )


def test_a_database_that_does_not_answer_leaves_nothing_written(tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    done = init("-d", "mysql://u@127.0.0.1:1/d", "-o", str(file))

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert not file.exists()


def test_settings_that_are_there_are_kept_unless_forced(sales_sqlite: Path, tmp_path: Path) -> None:
    file = tmp_path / "kotae.toml"
    file.write_text("# mine\n", encoding="utf-8")
    words = ("-d", str(sales_sqlite), "-o", str(file))

    assert init(*words).returncode == 2
    assert file.read_text(encoding="utf-8") == "# mine\n"
    assert init(*words, "--force").returncode == 0
    assert "sqlite:///" in file.read_text(encoding="utf-8")


def test_without_a_terminal_a_database_must_be_named() -> None:
    done = init()
    assert done.returncode == 2
    assert "--sample" in done.stderr


@pytest.mark.parametrize(
    ("language", "greeting"), [("en", "Which database?"), ("ja", "データベースは?")]
)
def test_three_questions_on_a_terminal(
    language: str, greeting: str, sales_sqlite: Path, tmp_path: Path
) -> None:
    file = tmp_path / "asked.toml"
    answers = f"/nowhere.db\n{sales_sqlite}\nnine\nhttp://127.0.0.1:9/v1\n"
    code, shown = on_a_terminal(answers, KOTAE_LANGUAGE=language, KOTAE_CONFIG=str(file))

    assert code == 0
    assert shown.count(greeting) == 2
    written = load({"KOTAE_CONFIG": str(file)})
    assert (written.language, written.model.endpoint) == (language, "http://127.0.0.1:9/v1")


def test_leaving_the_questions_is_an_interruption(tmp_path: Path) -> None:
    file = tmp_path / "asked.toml"
    code, shown = on_a_terminal("\x04", KOTAE_CONFIG=str(file))
    assert (code, file.exists()) == (130, False)
    assert "interrupted" in shown
