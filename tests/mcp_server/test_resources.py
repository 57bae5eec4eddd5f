from pathlib import Path

import pytest
from mcp import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

from tests.fixtures.databases import free_port
from tests.mcp_server.conftest import execute, tools

TEMPLATE = "schema://{connection}/{table}"


async def test_a_table_is_read_as_a_resource(shop: str) -> None:
    async with tools(shop) as client:
        result = await client.read_resource("schema://default/orders")

    text = result.contents[0].model_dump()["text"]
    assert text.startswith("orders(id int PK /*受注番号*/")


async def test_a_table_with_a_japanese_name_is_read_as_a_resource(mariadb: str) -> None:
    execute(mariadb, "CREATE TABLE 売上 (id INT)")
    async with tools(mariadb) as client:
        result = await client.read_resource("schema://default/%E5%A3%B2%E4%B8%8A")

    assert result.contents[0].model_dump()["text"] == "売上(id int)"


async def test_a_table_that_is_not_there_is_an_error_that_names_the_nearest(shop: str) -> None:
    async with tools(shop) as client:
        with pytest.raises(MCPError, match="Nearest: orders"):
            await client.read_resource("schema://default/order")


async def test_listing_resources_and_prompts_touches_no_database() -> None:
    async with tools(f"mysql://root@127.0.0.1:{free_port()}/shop") as client:
        templates = await client.list_resource_templates()
        prompts = await client.list_prompts()

    assert [template.uri_template for template in templates.resource_templates] == [TEMPLATE]
    assert {prompt.name: bool(prompt.description) for prompt in prompts.prompts} == {
        "ask": True,
        "tour": True,
    }


async def test_a_prompt_carries_the_question(shop_file: Path) -> None:
    async with tools(str(shop_file)) as client:
        result = await client.get_prompt(
            "ask", {"question": "先月の売上は？", "connection": "default"}
        )

    text = result.messages[0].content.model_dump()["text"]
    assert "先月の売上は？" in text
    assert 'connection "default"' in text


async def test_names_of_tables_and_connections_are_completed(shop_file: Path) -> None:
    reference = ResourceTemplateReference(type="ref/resource", uri=TEMPLATE)
    async with tools(str(shop_file)) as client:
        tables = await client.complete(reference, {"name": "table", "value": "O"})
        connections = await client.complete(reference, {"name": "connection", "value": ""})
        prompt = await client.complete(
            PromptReference(type="ref/prompt", name="tour"), {"name": "table", "value": "cust"}
        )

    assert tables.completion.values == ["orders"]
    assert connections.completion.values == ["default"]
    assert prompt.completion.values == ["customers"]


async def test_completion_is_empty_while_the_database_is_down() -> None:
    reference = ResourceTemplateReference(type="ref/resource", uri=TEMPLATE)
    async with tools(f"mysql://root@127.0.0.1:{free_port()}/shop") as client:
        result = await client.complete(reference, {"name": "table", "value": ""})

    assert result.completion.values == []
