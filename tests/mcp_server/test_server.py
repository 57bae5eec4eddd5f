import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from mcp_server import errors
from mcp_server.server import create_server
from mcp_server.settings import Settings, load
from tests.fixtures.databases import free_port
from tests.mcp_server.conftest import tools

NAMES = ["query", "search_schema", "describe_tables", "explain", "status"]
CLINE = Path(__file__).parents[2] / "examples" / "clients" / "cline.json"


def over_stdio(database: str) -> Client:
    return Client(
        StdioServerParameters(
            command=sys.executable,
            args=["-P", "-m", "mcp_server"],
            env={"KOTAE_DATABASE_URL": database},
        )
    )


async def test_listing_the_tools_touches_no_database() -> None:
    async with tools(f"mysql://root@127.0.0.1:{free_port()}/shop") as client:
        listed = await client.list_tools()

    assert [tool.name for tool in listed.tools] == NAMES


async def test_every_tool_says_that_it_only_reads() -> None:
    async with Client(create_server(Settings())) as client:
        for tool in (await client.list_tools()).tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert tool.annotations.open_world_hint is False
            assert tool.description
            assert tool.output_schema is not None


async def test_a_connection_is_asked_for_only_where_there_are_several() -> None:
    one = load(database="mysql://127.0.0.1/shop", environ={}).connections["default"]
    for connections, asking in (({"a": one}, 0), ({"a": one, "b": one}, 4)):
        async with Client(create_server(Settings(connections=connections))) as client:
            listed = (await client.list_tools()).tools
        assert sum("connection" in tool.input_schema["properties"] for tool in listed) == asking


async def test_the_list_of_tools_stays_small() -> None:
    one = load(database="mysql://127.0.0.1/shop", environ={}).connections["default"]
    several = Settings(connections={"a": one, "b": one})
    async with Client(create_server(several)) as client:
        listed = await client.list_tools()
    text = json.dumps(
        [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed.tools],
        separators=(",", ":"),
    )

    # 665 tokens of o200k at 2,850 characters; 700 are the limit.
    assert len(text) <= 2950


async def test_status_tells_what_is_up_and_what_holds(shop: str) -> None:
    async with tools(shop) as client:
        result = await client.call_tool("status", {})

    assert result.structured_content is not None
    [state] = result.structured_content["connections"]
    assert (state["name"], state["state"]) == ("default", "ready")
    assert state["flavour"] in {"mysql", "mariadb"}
    assert "kotae@" not in state["url"]
    assert {"session", "transaction", "policy"} <= set(state["read_only"])


async def test_status_works_while_the_database_is_down() -> None:
    port = free_port()
    async with tools(f"mysql://root:secret@127.0.0.1:{port}/shop") as client:
        result = await client.call_tool("status", {})

    assert not result.is_error
    assert result.structured_content is not None
    [state] = result.structured_content["connections"]
    assert state["state"] == "down"
    assert f"127.0.0.1:{port}" in state["detail"]
    assert "secret" not in json.dumps(state)


async def test_status_without_a_connection_tells_how_to_configure_one() -> None:
    async with Client(create_server(Settings())) as client:
        result = await client.call_tool("status", {})
        query = await client.call_tool("query", {"sql": "SELECT 1"})

    assert "KOTAE_DATABASE_URL" in result.content[0].model_dump()["text"]
    assert query.is_error
    assert query.meta is not None
    assert query.meta["kotae/error"]["code"] == "NoConnection"


async def test_an_error_carries_its_code_its_slots_and_who_must_act(shop_file: Path) -> None:
    async with tools(str(shop_file)) as client:
        result = await client.call_tool("query", {"sql": "DROP TABLE orders"})

    assert result.meta is not None
    assert result.meta["kotae/error"] == {
        "code": "WriteRefused",
        "slots": {"token": "DROP"},
        "actor": "model",
    }


async def test_the_tools_work_over_stdio(shop_file: Path) -> None:
    async with over_stdio(f"sqlite:///{shop_file}") as client:
        result = await client.call_tool("query", {"sql": "SELECT name FROM customers ORDER BY id"})

    assert result.structured_content is not None
    assert result.structured_content["rows"] == [["Yamada"], ["佐藤"], ["Suzuki"]]


async def test_several_connections_are_told_apart_by_name(tmp_path: Path, shop_file: Path) -> None:
    config = tmp_path / "kotae.toml"
    config.write_text(
        f'[connections.a]\nurl = "sqlite:///{shop_file}"\n'
        f'[connections.b]\nurl = "sqlite:///{tmp_path / "none"}"\n',
        encoding="utf-8",
    )
    async with Client(create_server(load(config, environ={}))) as client:
        on_default = await client.call_tool("query", {"sql": "SELECT 1"})
        on_b = await client.call_tool("query", {"sql": "SELECT 1", "connection": "b"})

    assert on_default.structured_content is not None
    assert on_default.structured_content["connection"] == "a"
    assert on_b.is_error


async def test_the_command_for_cline_starts_and_lists_the_tools(shop_file: Path) -> None:
    entry = cline_entry()
    async with Client(
        StdioServerParameters(
            command=sys.executable,
            args=entry["args"],
            env={"KOTAE_DATABASE_URL": f"sqlite:///{shop_file}"},
        )
    ) as client:
        listed = await client.list_tools()
        result = await client.call_tool("status", {})

    assert [tool.name for tool in listed.tools] == NAMES
    assert not result.is_error


def test_cline_may_call_every_tool_without_asking_and_waits_longer_than_we_do() -> None:
    entry = cline_entry()

    assert entry["autoApprove"] == NAMES
    assert entry["timeout"] > Settings().limits.seconds


def cline_entry() -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(CLINE.read_text(encoding="utf-8"))["mcpServers"]["kotae"]
    return entry


@pytest.mark.parametrize(
    "error",
    [
        value
        for value in vars(errors).values()
        if isinstance(value, type)
        and issubclass(value, errors.DatabaseToolError)
        and value.template != errors.DatabaseToolError.template
    ],
)
def test_every_error_is_one_line_that_ends_with_what_to_do(
    error: type[errors.DatabaseToolError],
) -> None:
    assert "\n" not in error.template
    assert len(error.template.rstrip(".").split(". ")) >= 2 or ":" in error.template
