"""What one server costs: seconds, bytes, tokens, memory; measured by a Python client on stdio.

A machine that others use is now fast, now slow, for seconds at a time. So all servers are up at
once and take turns of some dozen calls: each meets the same weather.
"""

import asyncio
import json
import statistics
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import psutil
from mcp import Client, StdioServerParameters

from tests.benchmarks.mcp.servers import Server, surroundings
from tests.toolbox import environment

ROWS = "SELECT id, big, amount, at, name, note FROM sold ORDER BY id LIMIT 1000"
_ONE = "SELECT 1"
_STARTS, _STREAMS = 3, 8
_TURNS, _CALLS, _ROW_CALLS, _STREAM_CALLS = 4, 50, 5, 25
"""Turns a server, and calls a turn: of SELECT 1, of 1,000 rows, of each of the streams."""
_QUIET = ("-c", 'exec "$0" "$@" 2>/dev/null')
_COUNT = (
    "import sys, bpe_openai; print(len(bpe_openai.get_encoding('o200k_base').encode("
    "sys.stdin.read())))"
)
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """One round. Times in ms; `size` is the text of 1,000 rows; memory of the process tree."""

    start: float
    one: float
    rows: float
    size: int
    per_second: float
    memory: float
    tokens: int


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[tuple[Client, psutil.Process]]:
    """A client in the older era, which every server speaks, and the server's process."""
    before = set(psutil.Process().children())
    parameters = StdioServerParameters(
        command="/bin/sh", args=[*_QUIET, *server.command], env=surroundings(server)
    )
    async with Client(parameters, mode="legacy", read_timeout_seconds=120) as client:
        [process] = set(psutil.Process().children()) - before
        yield client, process


async def measure(server: Server, turn: asyncio.Lock) -> Cost:
    """One round on fresh processes; only who has the turn works."""
    start = statistics.median([await _start(server, turn) for _ in range(_STARTS)])
    async with _up(server, turn) as (client, process):
        tools = (await client.list_tools()).tools
        one = await _median(client, server, _ONE, _CALLS, turn)
        rows = await _median(client, server, ROWS, _ROW_CALLS, turn)
        per_second = await _throughput(client, server, turn)
        async with turn:
            size, memory = await _size(client, server), _memory(process)
    listed = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]
    tokens = count_tokens(json.dumps(listed, ensure_ascii=False, separators=(",", ":")))
    return Cost(start, one, rows, size, per_second, memory, tokens)


@asynccontextmanager
async def _up(server: Server, turn: asyncio.Lock) -> AsyncIterator[tuple[Client, psutil.Process]]:
    """The server begins in one turn and ends in another."""
    async with AsyncExitStack() as stack:
        async with turn:
            up = await stack.enter_async_context(connected(server))
        yield up
        async with turn:
            await stack.aclose()


async def _start(server: Server, turn: asyncio.Lock) -> float:
    """Milliseconds until the tools are listed."""
    async with turn:
        began = time.perf_counter()
        async with connected(server) as (client, _):
            await client.list_tools()
            return (time.perf_counter() - began) * 1000


def count_tokens(text: str) -> int:
    """In the vocabulary of gpt-oss (o200k)."""
    python = environment("tokens", "bpe-openai==0.1.4") / "python"
    return int(subprocess.check_output([python, "-c", _COUNT], input=text, text=True))


async def _median(
    client: Client, server: Server, sql: str, calls: int, turn: asyncio.Lock
) -> float:
    took = []
    for _ in range(_TURNS):
        async with turn:
            for _ in range(calls):
                began = time.perf_counter()
                await _ask(client, server, sql)
                took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


async def _ask(client: Client, server: Server, sql: str) -> list[str]:
    answer = await client.call_tool(server.tool, {server.argument: sql})
    texts = [block.text for block in answer.content if block.type == "text"]
    if answer.is_error:
        raise RuntimeError(f"{server.name}: {texts}")
    return texts


async def _size(client: Client, server: Server) -> int:
    return sum(len(text.encode()) for text in await _ask(client, server, ROWS))


async def _throughput(client: Client, server: Server, turn: asyncio.Lock) -> float:
    async def stream() -> None:
        for _ in range(_STREAM_CALLS):
            await _ask(client, server, _ONE)

    seconds = 0.0
    for _ in range(_TURNS):
        async with turn:
            began = time.perf_counter()
            await asyncio.gather(*(stream() for _ in range(_STREAMS)))
            seconds += time.perf_counter() - began
    return _TURNS * _STREAMS * _STREAM_CALLS / seconds


def _memory(process: psutil.Process) -> float:
    """The peak of each process, added up."""
    family = [process, *process.children(recursive=True)]
    return sum(_peak(member.pid) for member in family)


def _peak(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / MIB
