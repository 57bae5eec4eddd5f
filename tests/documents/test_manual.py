"""Every command says what it is for and shows how it is typed, in both languages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.commands import NotOurs, parse

ROOT = Path(__file__).parents[2]
TOLD = """
import json
from tests.documents.commands import commands
params = lambda command: [getattr(one, "help", None) for one in command.params]
print(json.dumps({path: [c.help, c.epilog, *params(c)] for path, c in commands()}))
"""


def manual(language: str) -> dict[str, list[str | None]]:
    """Description, examples and what is said of each parameter, a command."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "KOTAE_LANGUAGE": language}
    command = [sys.executable, "-c", TOLD]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    told: dict[str, list[str | None]] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def manuals() -> dict[str, dict[str, list[str | None]]]:
    return {language: manual(language) for language in ("en", "ja")}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_command_and_option_is_explained(
    language: str, manuals: dict[str, dict[str, list[str | None]]]
) -> None:
    silent = [path for path, told in manuals[language].items() if not all(told)]
    assert silent == []


def test_no_explanation_is_the_same_in_both_languages(
    manuals: dict[str, dict[str, list[str | None]]],
) -> None:
    english, japanese = manuals["en"], manuals["ja"]
    own_help = "Show this message and exit."
    same = [
        (path, text)
        for path, told in english.items()
        for text, other in zip(told, japanese[path], strict=True)
        if text == other != own_help
    ]
    assert same == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_example_is_a_command_of_ours(
    language: str, manuals: dict[str, dict[str, list[str | None]]]
) -> None:
    for path, (_, epilog, *_) in manuals[language].items():
        lines = [line.strip() for line in str(epilog).splitlines()[2:]]
        assert any(line.startswith(path) for line in lines), path
        for line in lines:
            parse(line)


@pytest.mark.parametrize("line", ["kotae model fetch x", "kotae ask --jsn x", "kotae doctor all"])
def test_a_command_that_is_not_ours_is_found(line: str) -> None:
    with pytest.raises(NotOurs):
        parse(line)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed_and_parses_where_the_shell_is_there(
    shell: str,
) -> None:
    command = [sys.executable, "-m", "assistant.cli", "completion", shell]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert "_KOTAE_COMPLETE=complete_" in done.stdout
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=done.stdout, text=True, check=True)


def test_bash_is_told_which_commands_begin_so() -> None:
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_KOTAE_COMPLETE": "complete_bash",
        "COMP_WORDS": "kotae model st",
        "COMP_CWORD": "2",
    }
    command = [sys.executable, "-c", "from assistant.cli import main; main()"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["start", "status", "stop"]
