from pathlib import Path

import pytest

from assistant.errors import DatabaseToolFailed
from assistant.events import Column
from assistant.tools import Tools
from mcp_server.server import create_server
from mcp_server.settings import load
from tests.assistant.shop import write_shop


def tools(database: str) -> Tools:
    return Tools(create_server(load(database=database, environ={})))


async def test_the_schema_and_the_rows_come_typed(tmp_path: Path) -> None:
    async with tools(str(write_shop(tmp_path / "shop.db"))) as shop:
        schema = await shop.schema()
        result = await shop.query("SELECT id, name FROM customers WHERE id < 3 ORDER BY id")
    assert [table.name for table in schema.tables] == ["customers", "orders"]
    assert schema.tables[1].reference("customer_id") == "customers.id"
    assert result.columns == (Column("id", "integer"), Column("name", "text"))
    assert result.rows == ((1, "山田"), (2, "佐藤商店"))
    assert result.truncated is None


@pytest.mark.parametrize(
    ("sql", "code", "actor", "slot"),
    [
        ("DELETE FROM orders", "WriteRefused", "model", "token"),
        ("SELECT nosuch FROM orders", "SqlFailed", "model", "message"),
    ],
)
async def test_a_refused_statement_tells_its_code_and_who_must_act(
    tmp_path: Path, sql: str, code: str, actor: str, slot: str
) -> None:
    async with tools(str(write_shop(tmp_path / "shop.db"))) as shop:
        with pytest.raises(DatabaseToolFailed) as caught:
            await shop.query(sql)
    assert (caught.value.code, caught.value.actor) == (code, actor)
    assert slot in caught.value.details
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("database", "code", "exit_code"),
    [
        ("sqlite:///nowhere.db", "SqliteFileMissing", 2),
        ("mysql://root@127.0.0.1:1/shop", "DatabaseDown", 3),
    ],
)
async def test_a_failure_leaves_the_block_as_itself_with_its_exit_code(
    database: str, code: str, exit_code: int
) -> None:
    with pytest.raises(DatabaseToolFailed) as caught:
        async with tools(database) as shop:
            await shop.schema()
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)


async def test_what_goes_wrong_in_the_block_is_not_wrapped(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with tools(str(write_shop(tmp_path / "shop.db"))):
            raise ZeroDivisionError
