"""`kotae sample` as a person runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

KOTAE = [sys.executable, "-c", "from assistant.cli import main; main()", "sample"]
ROOT = Path(__file__).parents[3]


def _environment(home: Path, language: str = "en") -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(home / "data"),
        "KOTAE_LANGUAGE": language,
    }


def _kotae(*words: str, home: Path, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KOTAE, *words],
        env=_environment(home, language),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_list_names_the_samples_on_standard_output(tmp_path: Path) -> None:
    done = _kotae("list", home=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("sales\ta Japanese retailer")
    assert "\nwordpress\ta couple's diary" in done.stdout


def test_without_a_url_the_sample_goes_into_the_data_folder_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'kotae' / 'sales.db'}\n"
    first, second = _kotae("sales", home=tmp_path), _kotae("sales", home=tmp_path)
    assert (first.returncode, first.stdout) == (0, url)
    assert "Loaded sales: 16 tables" in first.stderr
    assert f'kotae ask --database {url.strip()} "What were' in first.stderr
    assert (second.returncode, second.stdout) == (0, url)
    assert "there already" in second.stderr


def test_a_japanese_speaker_reads_japanese(tmp_path: Path, sales_sqlite: Path) -> None:
    loaded = _kotae("wordpress", home=tmp_path, language="ja")
    assert loaded.stdout == f"sqlite:///{tmp_path / 'data' / 'kotae' / 'wordpress.db'}\n"
    assert "wordpress を読み込みました: 12 テーブル" in loaded.stderr
    assert "2025年に公開した記事は何件?" in loaded.stderr
    refused = _kotae("sales", "--into", f"sqlite:///{sales_sqlite}", home=tmp_path, language="ja")
    assert "空ではありません" in refused.stderr


def test_a_database_that_is_not_empty_is_refused_in_one_line(
    tmp_path: Path, sales_sqlite: Path
) -> None:
    done = _kotae("sales", "--into", f"sqlite:///{sales_sqlite}", home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kotae: sqlite:///")
    assert "is not empty: it holds 16 tables" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [("", 2), ("nonsense", 2), ("mysql://root@127.0.0.1:1/sales", 3)],
)
def test_a_target_that_cannot_be_used_is_one_line_and_its_exit_code(
    url: str, code: int, tmp_path: Path
) -> None:
    done = _kotae("sales", "--into", url, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)


def test_into_a_server_shows_progress_and_never_the_password(
    tmp_path: Path, server_database: str
) -> None:
    done = _kotae("sales", "--into", server_database, home=tmp_path)
    assert done.returncode == 0
    assert "100%" in done.stderr
    assert ":kotae@" not in done.stdout + done.stderr


def test_interrupting_a_load_leaves_the_database_empty(tmp_path: Path, mariadb: str) -> None:
    engine = create_engine(mariadb)
    loading = subprocess.Popen(
        [*KOTAE, "sales", "--into", mariadb],
        env=_environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    while loading.poll() is None and not inspect(engine).get_table_names():
        """Not begun yet."""
    loading.send_signal(signal.SIGINT)
    _, narration = loading.communicate(timeout=60)
    assert loading.returncode == 130
    assert narration.endswith("kotae: interrupted\n")
    assert inspect(engine).get_table_names() == []
    engine.dispose()
