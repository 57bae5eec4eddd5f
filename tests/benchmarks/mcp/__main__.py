"""`make bench-mcp`: our server beside its peers, same database, same run, taking turns.

Prints Markdown: medians over the rounds, ratios to dbhub, and whether each target is met.
"""

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from pathlib import Path

import psutil
from mcp import MCPError
from sqlalchemy import create_engine, text

from tests.benchmarks.mcp import stopping
from tests.benchmarks.mcp.measures import Cost, measure
from tests.benchmarks.mcp.servers import Server, servers
from tests.fixtures.databases import empty_database, private_mariadb

_ROUNDS = 3
_LINES = 1000
_HEAD = "start ms | SELECT 1 ms | 1000 rows ms | bytes | calls/s | peak MiB | list tokens"
_SHAPES = ("{:,.0f}", "{:.2f}", "{:.1f}", "{:,.0f}", "{:,.0f}", "{:.0f}", "{:,.0f}")
Found = dict[str, list[Cost]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    rounds = parser.parse_args().rounds
    with _databases() as databases:
        for label, url in databases:
            _fill(url)
            asyncio.run(_compare(label, url, rounds))


@contextmanager
def _databases() -> Iterator[Sequence[tuple[str, str]]]:
    """A private MariaDB, and MySQL where KOTAE_TEST_MYSQL_URL points to one."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        private_mariadb(Path(folder)) as administrator,
        empty_database(administrator) as mariadb,
    ):
        mysql = os.environ.get("KOTAE_TEST_MYSQL_URL")
        if not mysql:
            yield [("MariaDB", mariadb)]
            return
        with empty_database(mysql) as url:
            yield [("MariaDB", mariadb), ("MySQL", url)]


def _fill(url: str) -> None:
    engine = create_engine(url)
    columns = (
        "id INT PRIMARY KEY, big BIGINT, amount DECIMAL(12,2), at DATETIME,"
        " name VARCHAR(40), note VARCHAR(80)"
    )
    row = "(:id, :big, :amount, '2025-04-01 12:34:56', :name, 'nothing of note')"
    lines = [
        {"id": n, "big": 2**53 + n, "amount": n * 1.25, "name": f"東京都 {n}"}
        for n in range(1, _LINES + 1)
    ]
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE sold ({columns})"))
        connection.execute(text(f"INSERT INTO sold VALUES {row}"), lines)
        version = connection.scalar(text("SELECT VERSION()"))
    engine.dispose()
    print(f"\n## {version}, {_processor()}, {psutil.cpu_count()} cores, {date.today()}\n")


async def _compare(label: str, url: str, rounds: int) -> None:
    known = list(servers(url))
    found: Found = {server.name: [] for server in known}
    for at in range(rounds):
        print(f"kotae: {label}, round {at + 1} of {rounds}", file=sys.stderr)
        turn = asyncio.Lock()
        await asyncio.gather(*(_round(server, turn, found) for server in known))
    _print(found)
    stopped = await stopping.measure(known[0], url)
    print(
        f"\nA cancelled statement is gone after {stopped.gone_ms:.0f} ms. A SELECT of ten million"
    )
    print(
        f"rows, capped: {stopped.rows:,} rows in {stopped.capped_ms:.0f} ms,"
        f" {stopped.grown_mib:.1f} MiB more memory."
    )


async def _round(server: Server, turn: asyncio.Lock, found: Found) -> None:
    try:
        found[server.name].append(await measure(server, turn))
    except* (
        RuntimeError,
        OSError,
        MCPError,
    ) as errors:  # a peer that fails is shown as one that failed
        print(f"kotae: {server.name} failed: {errors.exceptions[0]!r:.300}", file=sys.stderr)


def _print(found: Found) -> None:
    print(f"| server | {_HEAD} |\n|---|{'--:|' * len(_SHAPES)}")
    medians = {name: _medians(costs) for name, costs in found.items() if costs}
    for name in found:
        cells = medians.get(name)
        shown = _cells(cells, _SHAPES) if cells else " | ".join(["failed"] * len(_SHAPES))
        print(f"| {name} | {shown} |")
    compared = [cells for name, cells in medians.items() if name.startswith(("kotae", "dbhub"))]
    if len(compared) < 2:
        print("\nkotae or dbhub could not be measured: no ratios")
        return
    ours, theirs = compared
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    print(f"| kotae : dbhub | {_cells(ratios, ['{:.2f}'] * len(ratios))} |\n")
    for line in _targets(ours, ratios):
        print(f"- {line}")


def _medians(costs: Sequence[Cost]) -> list[float]:
    return [
        statistics.median(getattr(cost, entry.name) for cost in costs) for entry in fields(Cost)
    ]


def _cells(numbers: Sequence[float], shapes: Sequence[str]) -> str:
    return " | ".join(shape.format(number) for shape, number in zip(shapes, numbers, strict=True))


def _targets(ours: Sequence[float], ratios: Sequence[float]) -> Iterator[str]:
    start, _, _, _, per_second, memory, tokens = ours
    for what, met in (
        ("start to tools/list at most 700 ms", start <= 700),
        ("SELECT 1 at most 1.5 x dbhub", ratios[1] <= 1.5),
        ("1,000 rows at most 1.5 x dbhub", ratios[2] <= 1.5),
        ("at most half of dbhub's bytes", ratios[3] <= 0.5),
        ("at least 900 calls/s with 8 in flight", per_second >= 900),
        ("at most 110 MiB", memory <= 110),
        ("at most 700 tokens for the list of tools", tokens <= 700),
    ):
        yield f"{what}: {'met' if met else 'MISSED'}"


def _processor() -> str:
    if sys.platform == "linux":
        text = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
        for line in text.splitlines():
            if line.startswith("Model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
