from pathlib import Path

from assistant.export import export_result
from assistant.tui.export_screen import ExportScreen
from tests.assistant.scripted import result
from tests.assistant.tui.screens import showing

ROWS = result(("東京都", 1), name="text", n="integer")


def screen(proposal: str) -> ExportScreen:
    return ExportScreen("Export", proposal, lambda path: export_result(ROWS, path))


async def test_the_proposed_file_is_written(tmp_path: Path) -> None:
    async with showing(screen("rows.csv")) as (app, pilot):
        await pilot.press("enter")
    assert app.ended == [Path("rows.csv")]
    assert "東京都" in (tmp_path / "rows.csv").read_text("utf-8-sig")


async def test_a_wrong_ending_is_told_and_can_be_mended_in_place() -> None:
    async with showing(screen("rows.doc")) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert "cannot write the format doc" in app.text
        await pilot.press(*["backspace"] * 3, *"xlsx", "enter")
    assert app.ended == [Path("rows.xlsx")]


async def test_escape_writes_nothing(tmp_path: Path) -> None:
    async with showing(screen("rows.csv")) as (app, pilot):
        await pilot.press("escape")
    assert app.ended == [None]
    assert not list(tmp_path.glob("rows*"))
