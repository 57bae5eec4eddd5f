from assistant.schema import Schema, SchemaColumn, Table
from assistant.tui.schema_browser import SchemaBrowser
from tests.assistant.shop import SCHEMA
from tests.assistant.tui.screens import showing


async def test_tables_are_shown_with_comments_rows_and_keys() -> None:
    async with showing(SchemaBrowser(SCHEMA), (100, 30)) as (app, pilot):
        await pilot.pause()
        for text in ("MariaDB 10.11.19 · tables: 2", "customers  顧客", "primary key: id"):
            assert text in app.text
        await pilot.press("down")
        await pilot.pause()
        assert "customer_id → customers.id" in app.text


async def test_a_search_unfolds_what_it_finds_and_enter_takes_the_name() -> None:
    async with showing(SchemaBrowser(SCHEMA), (100, 30)) as (app, pilot):
        app.screen.query_one("Input").insert_text_at_cursor("法人")
        await pilot.pause()
        await pilot.pause()
        assert "orders" not in app.text
        await pilot.press("down")
        await pilot.pause()
        for text in ("customers.kind", "varchar(10), never missing", "個人"):
            assert text in app.text
        await pilot.press("enter")
    assert app.ended == ["kind"]


async def test_a_table_is_unfolded_by_a_key() -> None:
    async with showing(SchemaBrowser(SCHEMA), (100, 30)) as (app, pilot):
        await pilot.pause()
        assert "氏名" not in app.text
        await pilot.press("f2")
        await pilot.pause()
        assert "name  氏名" in app.text
        await pilot.press("enter")
    assert app.ended == ["customers"]


async def test_names_that_look_like_markup_are_shown_as_they_are() -> None:
    column = SchemaColumn("[red", "int", comment="[/foo]\nline", values=("[b]x[/b]",))
    schema = Schema("c", "mysql", "9.7", (Table("[/t]", (column,), comment="[@click=x]"),))
    async with showing(SchemaBrowser(schema), (100, 30)) as (app, pilot):
        app.screen.query_one("Input").insert_text_at_cursor("foo")
        await pilot.pause()
        await pilot.pause()
        await pilot.press("down")
        await pilot.pause()
        for text in ("[/t]  [@click=x]", "[red  [/foo] line", "[b]x[/b]"):
            assert text in app.text


async def test_nothing_found_says_so_and_escape_leaves_the_question_alone() -> None:
    async with showing(SchemaBrowser(SCHEMA)) as (app, pilot):
        await pilot.press(*"zzz", "enter", "f2", "down")
        await pilot.pause()
        assert "Nothing found" in app.text
        await pilot.press("escape")
    assert app.ended == [None]
