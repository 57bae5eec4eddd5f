"""`make bench-load`: many clients at once on the HTTP server, all tools mixed, and a table of it.

The clients share one process and the machine with the server and MariaDB: its speeds are those of
the whole, not of the server alone. Exit code 1 when a call failed or a connection was left over.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import psutil
from mcp import Client, MCPError
from sqlalchemy import create_engine, text

from mcp_server.samples.loader import Progress, load
from tests.conformance.served import over_http
from tests.fixtures.databases import empty_database, private_mariadb

# How often each is asked for, by what; the statements take turns.
_STATEMENTS = (
    "SELECT COUNT(*) FROM customers",
    "SELECT name FROM prefectures ORDER BY id LIMIT 20",
    "SELECT * FROM orders ORDER BY id LIMIT 200",
)
_MIX = {"query": 6, "search_schema": 2, "describe_tables": 1, "explain": 1, "status": 1}
_MOST_CONNECTIONS = 16
_STOPPING_SECONDS = 60.0


@dataclass
class Taken:
    """Milliseconds of each answered call by tool, and what the others failed of."""

    calls: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Load:
    """One run: its calls, the seconds it took, the server's peak and what was left open."""

    taken: Taken
    seconds: float
    peak_mib: float
    connections: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5.0)
    wish = parser.parse_args()
    with _sales() as database, over_http(database) as url:
        [server] = [child for child in psutil.Process().children() if "--http" in child.cmdline()]
        began, taken = time.monotonic(), Taken()
        asyncio.run(_crowd(url, wish.clients, began + 60 * wish.minutes, taken))
        seconds = time.monotonic() - began
        found = Load(taken, seconds, _peak_mib(server.pid), _connections(database))
    print(table(found, wish.clients))
    return 1 if found.taken.errors or found.connections > _MOST_CONNECTIONS else 0


@contextmanager
def _sales() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        private_mariadb(Path(folder)) as administrator,
        empty_database(administrator) as url,
    ):
        load("sales", url, _quietly)
        yield url


def _quietly(_: Progress) -> None:
    """Progress that nobody watches."""


async def _crowd(url: str, clients: int, end: float, taken: Taken) -> None:
    async with asyncio.timeout(end - time.monotonic() + _STOPPING_SECONDS):
        await asyncio.gather(*(_client(url, number, end, taken) for number in range(clients)))


async def _client(url: str, number: int, end: float, taken: Taken) -> None:
    """One person's tool calls, one after the other, until the time is over."""
    dice = random.Random(number)
    async with Client(url, read_timeout_seconds=120) as client:
        while time.monotonic() < end:
            [tool] = dice.choices(list(_MIX), list(_MIX.values()))
            began = time.perf_counter()
            try:
                answer = await client.call_tool(tool, _arguments(tool, dice))
            except MCPError as error:
                taken.errors[f"{tool}: {error}"] += 1
                continue
            if answer.is_error:
                taken.errors[f"{tool}: {answer.content}"[:120]] += 1
            else:
                taken.calls[tool].append((time.perf_counter() - began) * 1000)


def _arguments(tool: str, dice: random.Random) -> dict[str, object]:
    match tool:
        case "query" | "explain":
            return {"sql": dice.choice(_STATEMENTS)}
        case "search_schema":
            return {"text": dice.choice(["orders", "東京", "price", "customer"])}
        case "describe_tables":
            return {"tables": [dice.choice(["orders", "customers"])]}
        case _:
            return {}


def table(found: Load, clients: int) -> str:
    """Markdown: a row a tool, then the whole."""
    lines = ["| tool | calls | calls/s | p50 ms | p95 ms | p99 ms |", "|---|--:|--:|--:|--:|--:|"]
    calls = {tool: found.taken.calls[tool] for tool in _MIX}
    calls["all"] = list(chain.from_iterable(calls.values()))
    for tool, took in calls.items():
        shares = " | ".join(f"{_share(took, percent):,.0f}" for percent in (50, 95, 99))
        lines.append(f"| {tool} | {len(took):,} | {len(took) / found.seconds:,.1f} | {shares} |")
    errors = found.taken.errors
    lines += [
        "",
        f"{clients} clients, {found.seconds:,.0f} s · errors: {errors.total()} · "
        f"server's peak: {found.peak_mib:,.0f} MiB · "
        f"connections in the database at the end: {found.connections}",
        *(f"{count} x {error}" for error, count in errors.most_common(5)),
    ]
    return "\n".join(lines)


def _share(took: list[float], percent: int) -> float:
    return statistics.quantiles(took, n=100)[percent - 1] if len(took) > 1 else float("nan")


def _peak_mib(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _connections(database: str) -> int:
    """Those of others than the one that asks."""
    engine = create_engine(database)
    with engine.connect() as connection:
        _, count = connection.execute(text("SHOW STATUS LIKE 'Threads_connected'")).one()
    engine.dispose()
    return int(count) - 1


if __name__ == "__main__":
    sys.exit(main())
