"""Servers that speak MySQL's protocol and do not give all of its fence, as their makers tell.

A real server stands behind each; the proxy only says, refuses or passes over what they would.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp_types import CallToolResult

from tests.fixtures.mysql_proxy import OK, Rule, refusal, way_to
from tests.mcp_server.conftest import tools

SETS_READ_ONLY = r"SET .*_read_only = 1"
STARTS_READ_ONLY = "START TRANSACTION READ ONLY"
NOOP = refusal(1235, "function READ ONLY has only noop implementation in tidb now")
TIDB = "8.0.11-TiDB-v8.5.1"
TIDB_REFUSING = (Rule(SETS_READ_ONLY, answer=NOOP), Rule(STARTS_READ_ONLY, answer=NOOP))
TIDB_PRETENDING = (
    Rule(", SESSION \\w+_read_only = 1"),
    Rule(STARTS_READ_ONLY, answer=OK),
    Rule(r"@@session\.\w+_read_only", rewrite="1"),
)
VITESS_15 = Rule(STARTS_READ_ONLY, answer=refusal(1105, "syntax error at position 25", "HY000"))
STARROCKS = Rule("^SHOW VARIABLES.*", rewrite="SELECT 'version_comment', 'StarRocks version 3.4'")
UNKNOWN_VARIABLE = refusal(1193, "Unknown system variable 'transaction_read_only'", "HY000")


async def asked(url: str, sql: str = "SELECT COUNT(*) FROM orders") -> CallToolResult:
    async with tools(url) as client:
        return await client.call_tool("query", {"sql": sql})


async def status(url: str) -> tuple[dict[str, Any], str]:
    """The state of the one connection, and its line."""
    async with tools(url) as client:
        result = await client.call_tool("status", {})
    assert result.structured_content is not None
    [state] = result.structured_content["connections"]
    return state, result.content[0].model_dump()["text"]


SERVERS = [
    pytest.param(TIDB, TIDB_REFUSING, "TiDB", {"session", "transaction"}, id="TiDB"),
    pytest.param(TIDB, TIDB_PRETENDING, "TiDB", {"session", "transaction"}, id="TiDB with noops"),
    pytest.param("8.0.30-Vitess", (), "Vitess", {"session"}, id="Vitess"),
    pytest.param(
        "8.0.30-Vitess", (VITESS_15,), "Vitess", {"session", "transaction"}, id="old Vitess"
    ),
    pytest.param(
        "8.0.33",
        (STARROCKS, Rule(SETS_READ_ONLY, answer=UNKNOWN_VARIABLE)),
        "StarRocks",
        {"session", "transaction"},
        id="StarRocks",
    ),
    pytest.param("5.6.51", (), "MySQL", {"session"}, id="MySQL 5.6 on a server of today"),
]


@pytest.mark.parametrize(("version", "rules", "product", "missing"), SERVERS)
async def test_a_server_without_the_whole_fence_is_refused_and_says_why(
    mysql: str, version: str, rules: tuple[Rule, ...], product: str, missing: set[str]
) -> None:
    with way_to(mysql, *rules, version=version) as way:
        result = await asked(way.url, "SELECT 1")
        state, line = await status(way.url)

    assert result.meta is not None
    error = result.meta["kotae/error"]
    assert (error["code"], error["actor"]) == ("FenceIncomplete", "person")
    assert error["slots"]["product"] == product
    assert set(error["slots"]["missing"].split(", ")) - {"time limit"} == missing
    assert 'set fence = "available" on connection default' in line
    assert (state["state"], state["read_only"]) == ("down", [])


@pytest.mark.parametrize(("version", "rules", "product", "missing"), SERVERS)
async def test_what_a_server_lacks_is_told_when_it_is_let_in(
    mysql: str, version: str, rules: tuple[Rule, ...], product: str, missing: set[str]
) -> None:
    with way_to(mysql, *rules, version=version) as way:
        result = await asked(f"{way.url}?fence=available", "SELECT 1")
        state, line = await status(f"{way.url}?fence=available")

    assert not result.is_error, result.content
    assert state["product"] == product
    assert set(state["missing"]) - {"time limit"} == missing
    assert {"sql_mode", "policy", "limits"} <= set(state["read_only"])
    assert not missing & set(state["read_only"])
    assert "this server does not give: " + ", ".join(state["missing"]) in line


async def test_a_server_that_takes_the_fence_for_show_shows_nothing_when_read_back(
    shop: str,
) -> None:
    with way_to(shop, Rule(r", SESSION \w+_read_only = 1")) as way:
        result = await asked(way.url)

    assert result.meta is not None
    assert result.meta["kotae/error"]["code"] == "FenceIncomplete"
    assert result.meta["kotae/error"]["slots"]["missing"] == "session"


async def test_a_server_without_a_time_limit_is_used_and_says_so(shop: str) -> None:
    unknown = Rule(r"SET .*max_\w+_time", answer=UNKNOWN_VARIABLE)
    with way_to(shop, unknown) as way:
        state, line = await status(way.url)

    assert (state["state"], state["missing"]) == ("ready", ["time limit"])
    assert "this server does not give: time limit" in line


async def test_a_whole_fence_has_no_gaps(shop: str) -> None:
    state, line = await status(shop)

    assert state["missing"] == []
    assert state["product"] in {"MySQL", "MariaDB"}
    assert "does not give" not in line


async def test_a_fence_is_learnt_once_a_connection_and_put_up_for_every_statement(
    shop: str,
) -> None:
    with way_to(shop) as way:
        async with tools(way.url) as client:
            for number in range(3):
                await client.call_tool("query", {"sql": f"SELECT {number}"})

    said = [sql for sql in way.seen if sql.startswith("START")]
    assert len([sql for sql in way.seen if sql.startswith("SHOW VARIABLES")]) == 1
    assert len(said) == 1 + 3


def checked(url: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from assistant.cli import main; main()", "db", "check", "-d", url],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "KOTAE_LANGUAGE": language},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_db_check_refuses_or_reports_a_server_with_a_gap(shop: str) -> None:
    with way_to(shop, *TIDB_PRETENDING, version=TIDB) as way:
        refused = checked(way.url, "ja")
        let_in = checked(f"{way.url}?fence=available")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'fence = "available" を設定し' in refused.stderr
    facts = dict(line.split("\t") for line in let_in.stdout.splitlines())
    assert let_in.returncode == 1
    assert facts["server"] == "TiDB 8.0.11"
    assert {"session", "transaction"} <= set(facts["missing"].split(", "))
    assert "TiDB does not give these layers" in let_in.stderr
