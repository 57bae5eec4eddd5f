"""Every block of the documents is a command of ours, or settings that are read, or runs."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import settings
from assistant.cli.main import app
from assistant.locale import set_language
from mcp_server import settings as tool_settings
from tests.documents.blocks import ROOT, Block, blocks
from tests.documents.commands import parse

KOTAE = [sys.executable, "-c", "from assistant.cli import main; main()"]
OF_OTHERS = {
    *("pip", "pipx", "uv", "python", "git", "docker", "systemctl", "vllm", "caddy"),
    *("export", "cd", "umask"),
}
SECRETS = re.compile(r'^(\w+_file|password_keyring) = ".*?"', re.MULTILINE)


def named(block: Block) -> str:
    return block.place


PLANS = [b for b in blocks("console") if b.text.startswith("$ kotae model plan")]


@pytest.mark.parametrize("block", blocks("sh", "bash", "console", ""), ids=named)
def test_every_command_of_a_document_is_there(block: Block) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for line in block.commands():
        program, *words = [w for w in shlex.split(line, comments=True) if "=" not in w[:30]]
        match program:
            case "kotae":
                parse(line)
            case "make":
                assert set(words) <= set(targets)
            case _:
                assert program in OF_OTHERS


@pytest.mark.parametrize("block", blocks("toml"), ids=named)
def test_settings_in_a_document_are_read_by_both_packages(block: Block, tmp_path: Path) -> None:
    secret, file = tmp_path / "secret", tmp_path / "kotae.toml"
    secret.write_text("secret\n", encoding="utf-8")
    secret.chmod(0o600)

    def with_secret(key: re.Match[str]) -> str:
        return f'{key[1].replace("keyring", "file")} = "{secret}"'

    file.write_text(SECRETS.sub(with_secret, block.text), encoding="utf-8")
    settings.load({"KOTAE_CONFIG": str(file)})
    tool_settings.load(file, environ={})


@pytest.mark.parametrize("block", blocks("json"), ids=named)
def test_json_in_a_document_parses(block: Block) -> None:
    assert json.loads(block.text)


@pytest.mark.parametrize("block", PLANS, ids=named)
def test_a_plan_in_a_document_is_what_the_command_prints(
    block: Block, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KOTAE_MODELS_DIR", str(tmp_path))
    [line] = block.commands()
    set_language("ja" if ".ja." in block.place else "en")
    try:
        done = CliRunner().invoke(app, shlex.split(line)[1:])
    finally:
        set_language(None)
    assert done.output == block.output()


def test_the_first_answer_of_the_readme_is_the_samples(sales_sqlite: Path) -> None:
    [sql, number] = re.findall(r"^SQL: (.*)$|(\d+)人", blocks("console")[0].output(), re.M)
    database = sqlite3.connect(sales_sqlite)
    [(count,)] = database.execute(sql[0])
    database.close()
    assert str(count) == number[1]


def test_the_report_of_the_readme_runs(sales_sqlite: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    [block] = [
        b for b in blocks("sh") if b.place.startswith("README.md") and "sample sales" in b.text
    ]
    _, *reports = block.commands()
    for line in reports:
        words = shlex.split(line.replace("DATABASE", str(sales_sqlite)), comments=True)
        subprocess.run(
            [*KOTAE, *words[1:]], env=environ, capture_output=True, check=True, timeout=120
        )
    assert (tmp_path / "out" / "report.html").exists()
