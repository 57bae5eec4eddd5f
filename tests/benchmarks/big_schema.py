"""Search on a big schema: python -m tests.benchmarks.big_schema [--tables 10000].

Starts a private MariaDB, makes the tables (English and Japanese comments, foreign keys, rows in
some), starts the tools over stdio as a client does, and prints what the first search and the later
ones take, and the peak memory of the server process.
"""

import argparse
import asyncio
import itertools
import platform
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from mcp import Client, StdioServerParameters
from mcp_types import ResourceTemplateReference

from tests.fixtures.databases import empty_database, private_mariadb
from tests.mcp_server.conftest import admin


def _words(text: str) -> list[str]:
    return text.split()


COLUMNS = 20
_FILLED_EVERY = 50
_ROWS = 40
_AREAS = _words("sales purchase stock hr payroll crm finance tax logistics web support quality")
_THINGS = _words(
    """order invoice customer supplier product warehouse employee contract payment shipment ticket
    campaign budget account asset project task device sensor store branch region prefecture category
    coupon return refund delivery vehicle route schedule shift salary leave training audit
    inspection defect recipe material lot tank machine line plan forecast price discount"""
)
_KINDS = _words("header detail history status type log link note")
_NOTES = dict(
    zip(
        _words(
            """code name kana status kind amount quantity price tax rate start end due city address
            phone email memo rank owner weight height color size unit reason result score limit
            balance"""
        ),
        _words(
            """コード 名称 カナ 状態 種別 金額 数量 単価 税額 率 開始 終了 期限 市区町村 住所
            電話番号 メールアドレス 備考 等級 担当者 重量 高さ 色 寸法 単位
            理由 結果 評価 上限 残高"""
        ),
        strict=True,
    )
)
_PLACES = _words("東京都 大阪府 京都府 北海道 愛知県 福岡県 沖縄県 宮城県 広島県 新潟県")
_TEMPLATE = ResourceTemplateReference(type="ref/resource", uri="schema://{connection}/{table}")
_SEARCHES = (
    "sales order customer",
    "customer address",
    "売上の金額",
    "住所と電話番号",
    "東京都",
    "costumer adress",
    "warehouse stock quantity",
    "ﾒｰﾙｱﾄﾞﾚｽ",
    "payroll_salary_history",
    "在庫 期限 数量 状態",
    "which employees are on leave this month",
    "先月の返品の理由は何が多いですか",
    "id",
    "code name status kind",
)


def table_names(count: int) -> list[str]:
    """The first `count` of area_thing_kind, numbered once these are used up."""
    plain = [f"{a}_{t}_{k}" for a, t, k in itertools.product(_AREAS, _THINGS, _KINDS)]
    rounds = (f"{name}_{n:02}" if n else name for n in itertools.count() for name in plain)
    return list(itertools.islice(rounds, count))


def statements(count: int) -> Iterator[str]:
    """CREATE TABLE, each with a foreign key to an earlier one, and INSERT for some."""
    draw = random.Random(1)
    names = table_names(count)
    for at, name in enumerate(names):
        target = names[draw.randrange(at)] if at else name
        columns = _columns(draw)
        yield (
            f"CREATE TABLE `{name}` (id INT PRIMARY KEY COMMENT '番号', parent_id INT,"
            + ",".join(f"{column} {kind} COMMENT '{note}'" for column, kind, note in columns)
            + f", FOREIGN KEY (parent_id) REFERENCES `{target}` (id)) COMMENT '{name} の表'"
        )
        if at % _FILLED_EVERY == 0:
            rows = (_row(draw, n, columns) for n in range(_ROWS))
            yield f"INSERT INTO `{name}` VALUES " + ",".join(rows)


def _columns(draw: random.Random) -> list[tuple[str, str, str]]:
    pairs = draw.sample(list(itertools.product(_THINGS, _NOTES)), COLUMNS - 2)
    kinds = ("VARCHAR(40)", "INT", "DECIMAL(12,2)", "DATE")
    return [
        (f"{thing}_{word}", kinds[at % 4], f"{thing} の{_NOTES[word]}")
        for at, (thing, word) in enumerate(pairs)
    ]


def _row(draw: random.Random, number: int, columns: list[tuple[str, str, str]]) -> str:
    cells = [str(number), "NULL"]
    for _, kind, _ in columns:
        match kind:
            case "VARCHAR(40)":
                cells.append(f"'{draw.choice(_PLACES)}{draw.choice((number, ''))}'")
            case "DATE":
                cells.append(f"'2026-01-{number % 28 + 1:02}'")
            case _:
                cells.append(str(number))
    return f"({','.join(cells)})"


def fill(url: str, count: int) -> None:
    """Make the tables, as fast as a server lets."""
    with closing(admin(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 0, GLOBAL sync_frm = 0")
        for statement in statements(count):
            cursor.execute(statement)


async def measure(url: str, rounds: int) -> str:
    """A table of the first search, the later ones, and the peak memory of the server."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "mcp_server"], env={"KOTAE_DATABASE_URL": url}
    )
    async with Client(command, read_timeout_seconds=120) as client:
        [server] = [
            child
            for child in psutil.Process().children(recursive=True)
            if "mcp_server" in child.cmdline()
        ]
        first = await _search(client, _SEARCHES[0])
        early = [await _search(client, text) for text in _SEARCHES]
        while (coverage := await _coverage(client))["state"] == "building":
            await asyncio.sleep(1)
        later = [await _search(client, text) for text in _SEARCHES * rounds]
        all_tables = await _timed(client.call_tool("describe_tables", {"tables": []}))
        completion = await _timed(client.complete(_TEMPLATE, {"name": "table", "value": "sales_o"}))
        resource = await _timed(client.read_resource(f"schema://default/{table_names(1)[0]}"))
        peak = _peak(server) / 2**20
    lines = [
        ("first search (reads the catalogue)", f"{first:.2f} s", "6 s"),
        ("later searches, p50", _milliseconds(statistics.median(later)), "50 ms"),
        ("later searches, worst", _milliseconds(max(later)), ""),
        ("searches while values are indexed, p50", _milliseconds(statistics.median(early)), ""),
        ("describe_tables of all", f"{all_tables:.2f} s", ""),
        ("a table's name completed", _milliseconds(completion), ""),
        ("a table read as a resource", _milliseconds(resource), ""),
        ("peak memory of the server", f"{peak:.0f} MiB", "350 MiB"),
    ]
    rows = (f"| {what} | {measured} | {limit} |" for what, measured, limit in lines)
    values = f"values: {coverage['state']}, {coverage['columns']} of {coverage['of']} text columns"
    return "\n".join(["| what | measured | at most |", "|---|--:|--:|", *rows, "", values])


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


async def _search(client: Client, text: str) -> float:
    return await _timed(client.call_tool("search_schema", {"text": text}))


async def _timed(call: Awaitable[object]) -> float:
    started = time.perf_counter()
    result = await call
    assert not getattr(result, "is_error", False), result
    return time.perf_counter() - started


async def _coverage(client: Client) -> dict[str, Any]:
    result = await client.call_tool("search_schema", {"text": "東京都"})
    assert result.structured_content is not None
    coverage: dict[str, Any] = result.structured_content["values"]
    return coverage


def _peak(server: psutil.Process) -> int:
    """The most resident memory, in bytes; where the system does not keep it, that of now."""
    status = Path(f"/proc/{server.pid}/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(server.memory_info().rss)


def main() -> None:
    """Print the table, the machine and the date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="how often each text is searched")
    parser.add_argument("--database", help="URL of one that is filled already")
    wish = parser.parse_args()
    print(f"{wish.tables} tables x {COLUMNS} columns, {platform.machine()}, {date.today()}\n")
    if wish.database:
        print(asyncio.run(measure(wish.database, wish.rounds)))
        return
    with (
        TemporaryDirectory() as home,
        private_mariadb(Path(home)) as root,
        empty_database(root) as url,
    ):
        fill(url, wish.tables)
        print(asyncio.run(measure(url, wish.rounds)))


if __name__ == "__main__":
    main()
