from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli.main import app
from tests.assistant.shop import write_shop


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "shop.db"))


def kotae(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["knowledge", *arguments])


def test_a_pair_is_kept_listed_and_checked(shop: str, tmp_path: Path) -> None:
    assert "nothing in" in kotae("list").stderr
    added = kotae("add", "注文は何件？", "SELECT COUNT(*) FROM orders", "-d", shop)
    assert added.exit_code == 0
    assert kotae("list").stdout == "pair\t注文は何件？\tSELECT COUNT(*) FROM orders\n"
    assert (tmp_path / "knowledge" / "pairs.jsonl").is_file()
    fresh = kotae("check", "-d", shop)
    assert (fresh.exit_code, fresh.stdout) == (0, "")


def test_a_statement_that_does_not_fit_is_not_kept(shop: str, tmp_path: Path) -> None:
    done = kotae("add", "何件？", "SELECT COUNT(*) FROM ordrs", "-d", shop)
    assert done.exit_code == 2
    assert "the database has no ordrs" in done.stderr
    assert not (tmp_path / "knowledge").exists()


def test_what_has_gone_stale_is_printed_with_exit_code_1(shop: str, tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    note = '[[note]]\ntable = "lost"\ntext = "old"\n'
    (tmp_path / "knowledge" / "notes.toml").write_text(note, encoding="utf-8")
    done = kotae("check", "-d", shop)
    assert (done.exit_code, done.stdout) == (1, "notes: old\tlost\n")
