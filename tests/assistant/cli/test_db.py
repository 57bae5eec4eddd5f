"""`kotae db` as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.fixtures.databases import free_port

KOTAE = [sys.executable, "-c", "from assistant.cli import main; main()", "db"]
ROOT = Path(__file__).parents[3]


def _kotae(*words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "KOTAE_LANGUAGE": language},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_an_administrator_is_told_what_the_account_may_do(server_database: str) -> None:
    done = _kotae("check", "-d", server_database)

    facts = dict(line.split("\t") for line in done.stdout.splitlines())
    assert (done.returncode, facts["grade"]) == (1, "admin")
    assert facts["server"].startswith(("MySQL ", "MariaDB "))
    assert "transaction" in facts["layers"]
    assert not facts["layers"].startswith("account")
    assert "kotae db grant" in done.stderr


def test_an_sqlite_file_is_good(sales_sqlite: Path) -> None:
    done = _kotae("check", "-d", str(sales_sqlite))

    assert done.returncode == 0
    assert "layers\taccount, mode=ro" in done.stdout


def test_grant_prints_statements_and_says_in_japanese_what_to_do_with_them(mariadb: str) -> None:
    done = _kotae("grant", "-d", mariadb, language="ja")

    create, grant = done.stdout.splitlines()
    assert create.startswith("CREATE USER 'kotae_reader'@'127.0.0.1' IDENTIFIED BY '")
    assert grant.startswith("GRANT SELECT, SHOW VIEW ON `kotae\\_")
    assert "管理者として実行" in done.stderr


def test_a_server_that_is_down_is_exit_code_three() -> None:
    done = _kotae("check", "-d", f"mysql://root@127.0.0.1:{free_port()}/shop")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
