"""`kotae doctor` as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.fixtures.databases import free_port
from tests.fixtures.scripted_model import KEY, ScriptedModel

KOTAE = [sys.executable, "-c", "from assistant.cli import main; main()", "doctor"]
ROOT = Path(__file__).parents[3]


def doctor(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def states(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {entry["check"]: entry["state"] for entry in json.loads(done.stdout)}


def test_what_works_is_told_check_by_check(
    scripted_model: ScriptedModel, sales_sqlite: Path
) -> None:
    wishes = {"KOTAE_ENDPOINT": scripted_model.url, "KOTAE_API_KEY": KEY}
    done = doctor("--json", **wishes, KOTAE_DATABASE_URL=f"sqlite:///{sales_sqlite}")

    assert (done.returncode, set(states(done).values())) == (0, {"ok"})
    assert {"settings", "state", "model", "database", "account", "fence"} < states(done).keys()
    assert KEY not in done.stdout + done.stderr


def test_an_administrators_account_is_a_warning_and_its_password_stays_secret(
    server_database: str,
) -> None:
    dead = f"http://127.0.0.1:{free_port()}/v1"
    done = doctor("--json", KOTAE_DATABASE_URL=server_database, KOTAE_ENDPOINT=dead)

    found = states(done)
    assert (found["database"], found["account"], found["model"]) == ("ok", "warning", "broken")
    assert done.returncode == 3
    assert ":kotae@" not in done.stdout + done.stderr


def test_without_a_database_it_says_what_to_type_in_either_language() -> None:
    english, japanese = doctor(), doctor(KOTAE_LANGUAGE="ja")

    assert (english.returncode, japanese.returncode) == (2, 2)
    assert "✗ broken   database   no database is set\n" in english.stdout
    assert "✗ 不良  データベース    データベースが設定されていません\n" in japanese.stdout
    assert "→ kotae init\n" in english.stdout
    assert "→ kotae init\n" in japanese.stdout


def test_settings_that_cannot_be_read_end_the_examination(tmp_path: Path) -> None:
    (tmp_path / "kotae.toml").write_text("[modle]\n", encoding="utf-8")
    done = doctor("--json")

    assert (done.returncode, states(done)) == (2, {"versions": "ok", "settings": "broken"})
