import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from mcp_server.audit import normalised
from mcp_server.errors import AuditUnwritable, BadNumber, UnknownSetting
from mcp_server.server import create_server
from mcp_server.settings import load

KEYS = ["time", "client", "connection", "digest", "statement", "verdict", "rows", "bytes", "ms"]


def configured(tmp_path: Path, shop_file: Path, more: str = "") -> Client:
    config = tmp_path / "kotae.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{shop_file}"\n'
        f'[audit]\nfile = "{tmp_path / "audit.jsonl"}"\n{more}',
        encoding="utf-8",
    )
    return Client(create_server(load(config, environ={})))


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


async def test_every_statement_leaves_one_line_without_its_values(
    tmp_path: Path, shop_file: Path
) -> None:
    async with configured(tmp_path, shop_file) as client:
        for sql in (
            "SELECT name FROM customers WHERE name = '佐藤'",
            "DROP TABLE x",
            "SELECT nope",
        ):
            await client.call_tool("query", {"sql": sql})
        await client.call_tool("explain", {"sql": "SELECT 1"})

    found = lines(tmp_path / "audit.jsonl")
    assert [list(line) for line in found] == [KEYS] * 4
    assert [(line["verdict"], line["rows"], line["bytes"]) for line in found] == [
        ("answered", 1, 6),
        ("WriteRefused", 0, 0),
        ("SqlFailed", 0, 0),
        ("answered", 1, found[3]["bytes"]),
    ]
    assert found[0]["statement"] == "SELECT name FROM customers WHERE name = ?"
    assert found[3]["statement"] == "EXPLAIN SELECT ?"
    assert "mcp" in found[0]["client"]
    assert "佐藤" not in (tmp_path / "audit.jsonl").read_text(encoding="utf-8")
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


async def test_the_file_is_rotated_and_old_ones_are_dropped(
    tmp_path: Path, shop_file: Path
) -> None:
    async with configured(tmp_path, shop_file, "bytes = 700\nfiles = 2\n") as client:
        for number in range(12):
            await client.call_tool("query", {"sql": f"SELECT {number}"})

    files = sorted(file.name for file in tmp_path.glob("audit.jsonl*"))
    assert files == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert all((tmp_path / name).stat().st_size <= 700 for name in files)


def test_equal_statements_with_other_values_have_one_digest() -> None:
    assert normalised("SELECT 1 -- a") == normalised("select 'b'".replace("select", "SELECT"))
    assert normalised("SELECT 'open") == ""


def test_a_file_that_cannot_be_written_stops_the_start(tmp_path: Path, shop_file: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    with pytest.raises(AuditUnwritable, match=r"audit\.jsonl"):
        configured(tmp_path, shop_file)


def test_keys_and_numbers_are_checked(tmp_path: Path, shop_file: Path) -> None:
    with pytest.raises(UnknownSetting, match=r"audit\.bytes"):
        configured(tmp_path, shop_file, "byte = 1\n")
    with pytest.raises(BadNumber):
        configured(tmp_path, shop_file, "files = 0\n")
