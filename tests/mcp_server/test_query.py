from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp_types import CallToolResult

from mcp_server.query import read
from mcp_server.settings import Limits
from tests.mcp_server.conftest import admin, execute, tools

MANY = "SELECT a.id FROM orders a, orders b, orders c, orders d, orders e ORDER BY 1"
ENDLESS = (
    "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b,"
    " information_schema.columns c /* endless */"
)
ENDLESS_SQLITE = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
)


async def ask(
    database: str, sql: str, max_rows: int | None = None, **environ: str
) -> CallToolResult:
    async with tools(database, **environ) as client:
        return await client.call_tool("query", {"sql": sql, "max_rows": max_rows})


async def content(
    database: str, sql: str, max_rows: int | None = None, **environ: str
) -> dict[str, Any]:
    result = await ask(database, sql, max_rows, **environ)
    assert result.structured_content is not None, result.content
    return result.structured_content


def last_line(result: CallToolResult) -> str:
    return str(result.content[0].model_dump()["text"]).rsplit("\n", 1)[-1]


async def test_values_arrive_exactly_as_the_server_holds_them(shop: str) -> None:
    execute(
        shop,
        """
CREATE TABLE exact (big BIGINT, huge BIGINT UNSIGNED, dec_ DECIMAL(65,30), zero DATE,
  at_ DATETIME(6), long_ TIME, nothing VARCHAR(9), empty_ VARCHAR(9), word VARCHAR(9),
  raw VARBINARY(9), bits BIT(10), flag TINYINT(1), real_ DOUBLE, year_ YEAR);
SET SESSION sql_mode = '';
INSERT INTO exact VALUES (9223372036854775807, 18446744073709551615,
  12345678901234567890123456789012345.012345678901234567890123456789, '0000-00-00',
  '2024-03-31 02:30:00.000001', '838:59:59', NULL, '', 'NULL', X'00FF', b'1000000001', 2, 0.1, 2024)
""",
    )

    found = await content(shop, "SELECT * FROM exact")

    assert dict(zip([c["name"] for c in found["columns"]], found["rows"][0], strict=True)) == {
        "big": "9223372036854775807",
        "huge": "18446744073709551615",
        "dec_": "12345678901234567890123456789012345.012345678901234567890123456789",
        "zero": "0000-00-00",
        "at_": "2024-03-31 02:30:00.000001",
        "long_": "838:59:59",
        "nothing": None,
        "empty_": "",
        "word": "NULL",
        "raw": "<2 bytes 0x00ff>",
        "bits": 513,
        "flag": 2,
        "real_": 0.1,
        "year_": 2024,
    }
    assert [c["type"] for c in found["columns"]] == [
        *("integer", "integer", "decimal", "date", "datetime", "time", "text", "text", "text"),
        *("binary", "integer", "boolean", "float", "integer"),
    ]


async def test_json_columns_keep_their_type_on_mysql(mysql: str) -> None:
    found = await content(mysql, """SELECT CAST('{"a": 1}' AS JSON) AS j""")

    assert found["columns"] == [{"name": "j", "type": "json"}]
    assert found["rows"] == [['{"a": 1}']]


async def test_duplicate_column_names_are_kept(shop_file: Path) -> None:
    found = await content(str(shop_file), "SELECT 1 AS a, 2 AS a")

    assert [c["name"] for c in found["columns"]] == ["a", "a"]
    assert found["rows"] == [[1, 2]]


async def test_the_result_says_what_ran_and_where(shop_file: Path) -> None:
    found = await content(str(shop_file), " SELECT 1 ; -- one")

    assert (found["sql"], found["connection"]) == (" SELECT 1 ; -- one", "default")
    assert (found["row_count"], found["truncated"]) == (1, None)


async def test_rows_beyond_the_cap_are_known_to_exist(shop: str) -> None:
    result = await ask(shop, MANY, max_rows=10)

    assert result.structured_content is not None
    assert result.structured_content["truncated"] == "rows"
    assert result.structured_content["row_count"] == 10
    assert last_line(result) == "(first 10 rows; more exist: aggregate, filter or raise max_rows)"


async def test_a_result_that_just_fits_is_not_truncated(shop: str) -> None:
    found = await content(shop, "SELECT * FROM orders", max_rows=3)

    assert (found["row_count"], found["truncated"]) == (3, None)


async def test_max_rows_cannot_pass_the_setting(shop_file: Path) -> None:
    found = await content(
        str(shop_file), "SELECT * FROM orders", max_rows=100, KOTAE_LIMIT_ROWS="2"
    )

    assert (found["row_count"], found["truncated"]) == (2, "rows")


async def test_bytes_cut_before_the_row_that_would_pass_the_cap(shop: str) -> None:
    found = await content(shop, "SELECT REPEAT('x', 60) FROM orders", KOTAE_LIMIT_BYTES="130")

    assert (found["row_count"], found["truncated"]) == (2, "bytes")


async def test_long_cells_are_cut_and_the_rest_of_the_rows_still_comes(shop: str) -> None:
    found = await content(shop, "SELECT REPEAT('あ', 9) FROM orders", KOTAE_LIMIT_CELL="5")

    assert found["truncated"] == "cell"
    assert found["rows"] == [["あああああ…"]] * 3


def test_the_probe_row_is_the_only_one_taken_beyond_the_cap() -> None:
    taken = []

    def rows() -> Any:
        for number in range(100):
            taken.append(number)
            yield (number,)

    assert read(rows(), Limits(), 3) == ([(0,), (1,), (2,)], "rows")
    assert taken == [0, 1, 2, 3]


async def test_a_statement_after_a_cut_one_works(shop: str) -> None:
    async with tools(shop) as client:
        for _ in range(3):
            cut = await client.call_tool("query", {"sql": MANY, "max_rows": 1})
            whole = await client.call_tool("query", {"sql": "SELECT 1"})

            assert not cut.is_error
            assert not whole.is_error
        assert running(shop, MANY) == 0


async def test_a_statement_that_takes_too_long_is_stopped(shop: str) -> None:
    result = await ask(shop, ENDLESS, KOTAE_LIMIT_SECONDS="0.5")

    assert result.is_error
    assert result.meta is not None
    assert result.meta["kotae/error"] == {
        "code": "QueryTimedOut",
        "slots": {"seconds": 0.5},
        "actor": "model",
    }
    assert running(shop, ENDLESS) == 0


async def test_an_sqlite_statement_that_takes_too_long_is_stopped(shop_file: Path) -> None:
    result = await ask(str(shop_file), ENDLESS_SQLITE, KOTAE_LIMIT_SECONDS="0.2")

    assert result.is_error
    assert result.meta is not None
    assert result.meta["kotae/error"]["code"] == "QueryTimedOut"


async def test_cancelling_the_call_kills_the_statement_on_the_server(shop: str) -> None:
    async with tools(shop) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "query", {"sql": ENDLESS})
            await until(lambda: running(shop, ENDLESS) == 1)
            group.cancel_scope.cancel()
        await until(lambda: running(shop, ENDLESS) == 0)

        again = await client.call_tool("query", {"sql": "SELECT 1"})
        assert not again.is_error


async def until(condition: Any) -> None:
    with anyio.fail_after(20):
        while not condition():
            await anyio.sleep(0.05)


def running(url: str, sql: str) -> int:
    """How many clients run `sql` now, as the server tells it."""
    with closing(admin(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW FULL PROCESSLIST")
        return sum(row[7] == sql for row in cursor.fetchall())


async def test_a_statement_with_an_emoji_can_be_killed_too(mysql: str) -> None:
    execute(mysql, "CREATE TABLE orders (id INT)")
    result = await ask(mysql, ENDLESS + " -- 😀", KOTAE_LIMIT_SECONDS="0.5")

    assert result.is_error
    assert running(mysql, ENDLESS + " -- 😀") == 0


async def test_many_calls_at_once_share_the_pool(shop: str) -> None:
    answers = []

    async def one(client: Any, number: int) -> None:
        result = await client.call_tool("query", {"sql": f"SELECT {number}"})
        answers.append(result.structured_content["rows"][0][0])

    async with tools(shop) as client, anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(one, client, number)

    assert sorted(answers) == list(range(30))


@pytest.mark.parametrize("sql", ["SELECT nope FROM orders", "SELECT * FROM nope", "SELEC 1 FROM"])
async def test_the_databases_own_message_reaches_the_model(shop: str, sql: str) -> None:
    result = await ask(shop, sql)

    assert result.is_error
    assert result.meta is not None
    code = result.meta["kotae/error"]["code"]
    assert code == ("StatementNotAllowed" if sql.startswith("SELEC ") else "SqlFailed")
    if code == "SqlFailed":
        assert "nope" in result.content[0].model_dump()["text"]
