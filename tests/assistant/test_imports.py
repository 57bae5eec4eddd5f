import json
import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    """Top-level packages in a fresh process after `statement`."""
    code = (
        f"{statement}\nimport sys, json; print(json.dumps([m.split('.')[0] for m in sys.modules]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "module",
    ["assistant.cli", "assistant.cli.report", "assistant.report.runner", "assistant.tui"],
)
def test_the_screen_library_is_loaded_by_the_chat_only(module: str) -> None:
    assert "textual" not in loaded_by(f"import {module}")


HEAVY = {"aiohttp", "mcp", "openai", "pydantic", "sqlalchemy", "sqlglot"}


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    assert not {"textual", *HEAVY} & loaded_by("import assistant.cli")


def test_the_chat_is_painted_before_the_heavy_libraries_are_loaded() -> None:
    assert not HEAVY & loaded_by("import assistant.cli, assistant.tui.app")


def test_the_chat_turns_off_the_keys_that_garble_japanese_before_textual_reads_it() -> None:
    check = (
        "import assistant.tui.app; from textual import constants as c; assert c.DISABLE_KITTY_KEY"
    )
    assert "textual" in loaded_by(check)
