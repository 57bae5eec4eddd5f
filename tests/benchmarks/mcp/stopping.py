"""How soon a cancelled statement is gone, and what ten million rows cost when 1,000 are asked."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text

from tests.benchmarks.mcp.measures import MIB, connected
from tests.benchmarks.mcp.servers import Server

# A condition on all four: MySQL 9.7 answers a bare count of a cross join by multiplying.
_ENDLESS = "SELECT COUNT(*) FROM sold a, sold b, sold c, sold d WHERE a.id + b.id + c.id + d.id > 0"
_MANY = "SELECT a.id, b.name FROM sold a, sold b, sold c WHERE c.id <= 10"
_RUNNING = text(
    "SELECT COUNT(*) FROM information_schema.processlist"
    " WHERE info LIKE :sql AND id <> CONNECTION_ID()"
)


@dataclass(frozen=True, slots=True)
class Stopping:
    """Milliseconds until the server's process list is free of it; the capped read; MiB grown."""

    gone_ms: float
    capped_ms: float
    rows: int
    grown_mib: float


async def measure(server: Server, database: str) -> Stopping:
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    async with connected(server) as (client, process):
        call = asyncio.create_task(client.call_tool(server.tool, {server.argument: _ENDLESS}))
        await _until(engine, running=True)
        began = time.perf_counter()
        call.cancel()
        await _until(engine, running=False)
        gone = time.perf_counter() - began
        before = process.memory_info().rss
        began = time.perf_counter()
        answer = await client.call_tool(server.tool, {server.argument: _MANY})
        capped = time.perf_counter() - began
        grown = process.memory_info().rss - before
    engine.dispose()
    content = answer.structured_content or {}
    return Stopping(gone * 1000, capped * 1000, len(content["rows"]), grown / MIB)


async def _until(engine: Engine, running: bool) -> None:
    async with asyncio.timeout(30):
        while await asyncio.to_thread(_runs, engine) is not running:
            await asyncio.sleep(0.01)


def _runs(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(_RUNNING, {"sql": f"%{_ENDLESS}%"}))
