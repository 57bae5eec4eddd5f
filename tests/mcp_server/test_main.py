import os
import subprocess
import sys
from pathlib import Path


def started(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "mcp_server"],
        env=os.environ | environ,
        input="",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_settings_error_is_one_line_on_standard_error_and_exit_code_two(tmp_path: Path) -> None:
    config = tmp_path / "kotae.toml"
    config.write_text("[databse]\n", encoding="utf-8")

    ended = started(KOTAE_CONFIG=str(config))

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        f"kotae: {config}: unknown key databse. Nearest: database. Correct or remove it.\n"
    )


def test_the_server_ends_quietly_when_its_client_is_gone() -> None:
    ended = started()

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
