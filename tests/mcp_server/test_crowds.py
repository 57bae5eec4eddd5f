"""Two hundred at once and ten million rows: bounded on the server, flat in memory, all answered."""

import tracemalloc

import anyio
import pytest
from anyio import to_thread
from mcp import Client

from tests.mcp_server.conftest import execute, tools
from tests.mcp_server.test_http import serving, up
from tests.mcp_server.test_query import ENDLESS, running, until
from tests.mcp_server.test_robustness import MOST, ask, threads

CROWD = 200


@pytest.fixture
def numbers(shop: str) -> str:
    """The shop with a table whose seven-fold product has ten million rows."""
    execute(shop, "CREATE TABLE d (n INT)")
    execute(shop, "INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)")
    return shop


MILLIONS = "SELECT a.n, 'some text that takes room' FROM d a, d b, d c, d e, d f, d g, d h"
THOUSANDS = "SELECT COUNT(*) FROM d a, d b, d c, d e WHERE a.n + {} >= 0"


async def test_ten_million_rows_capped_at_a_thousand_take_no_memory(numbers: str) -> None:
    async with tools(numbers) as client:
        await ask(client)
        tracemalloc.start()
        try:
            result = await client.call_tool("query", {"sql": MILLIONS})
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert result.structured_content is not None
    assert result.structured_content["truncated"] == "rows"
    assert result.structured_content["row_count"] == 1000
    assert peak < 10_000_000


class Watcher:
    """The most connections that the database ever held while this was watching."""

    def __init__(self, url: str) -> None:
        self._url, self.most = url, 0

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, await to_thread.run_sync(threads, self._url))
            await anyio.sleep(0.02)


async def test_a_crowd_of_calls_shares_the_pool_and_all_are_answered(numbers: str) -> None:
    answers: list[str] = []
    watcher = Watcher(numbers)

    async def asking(client: Client, number: int) -> None:
        answers.append(await ask(client, THOUSANDS.format(number)))

    async with tools(numbers) as client, anyio.create_task_group() as group:
        group.start_soon(watcher.watch)
        async with anyio.create_task_group() as crowd:
            for number in range(CROWD):
                crowd.start_soon(asking, client, number)
        group.cancel_scope.cancel()

    assert answers == ["answered"] * CROWD
    assert 1 < watcher.most <= MOST
    await until(lambda: threads(numbers) == 0)


async def test_a_crowd_that_asks_too_much_is_told_so_and_nothing_is_left_behind(
    shop: str,
) -> None:
    answers: list[str] = []

    async def asking(client: Client) -> None:
        answers.append(await ask(client, ENDLESS))

    async with tools(shop, KOTAE_LIMIT_SECONDS="3") as client:
        async with anyio.create_task_group() as crowd:
            for _ in range(CROWD):
                crowd.start_soon(asking, client)
        assert await ask(client) == "answered"

    assert len(answers) == CROWD
    assert set(answers) == {"QueryTimedOut", "DatabaseBusy"}
    assert answers.count("QueryTimedOut") >= MOST
    assert running(shop, ENDLESS) == 0
    await until(lambda: threads(shop) == 0)


async def test_a_crowd_of_clients_over_http_is_answered_and_leaves_no_thread(
    numbers: str,
) -> None:
    answers: list[str] = []
    watcher = Watcher(numbers)

    async def asking(url: str, number: int) -> None:
        async with Client(url, mode="2026-07-28") as client:
            answers.append(await ask(client, THOUSANDS.format(number)))

    with serving(numbers) as (url, _):
        await up(url)
        async with anyio.create_task_group() as group:
            group.start_soon(watcher.watch)
            async with anyio.create_task_group() as crowd:
                for number in range(CROWD):
                    crowd.start_soon(asking, url, number)
            group.cancel_scope.cancel()

    assert answers == ["answered"] * CROWD
    assert watcher.most <= MOST
    await until(lambda: threads(numbers) == 0)
