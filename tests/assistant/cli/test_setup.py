from pathlib import Path

import pytest

from assistant.cli.setup import load_sample, look_at, propose_models
from assistant.errors import DatabaseToolFailed


async def test_a_database_that_answers_is_graded(sales_sqlite: Path) -> None:
    tested = await look_at(str(sales_sqlite))
    assert tested.server.startswith("SQLite")
    assert (tested.grade, tested.missing) == ("reader", ())
    assert tested.tables > 5


async def test_the_account_of_a_server_is_graded_with_the_password_given_apart(
    sales_mariadb: str,
) -> None:
    tested = await look_at(sales_mariadb.replace("+pymysql", ""))
    assert tested.grade == "admin"
    assert tested.excess


async def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(DatabaseToolFailed) as caught:
        await look_at("mysql://u@127.0.0.1:1/d", "secret")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_models_are_proposed_by_the_plan() -> None:
    proposals = await propose_models()
    assert proposals
    verdicts = [one.verdict for one in proposals]
    assert verdicts == sorted(verdicts, key=lambda one: one != "fits")


async def test_the_sample_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    shares: list[float] = []
    url = await load_sample(shares.append)
    assert shares[-1] == 1
    shares.clear()
    assert await load_sample(shares.append) == url
    assert not shares
