"""Draw every screen and compare it with the picture that is kept; exit code 1 when one differs.

`--update` keeps what was drawn now, and the pictures of the READMEs with it.
"""

import asyncio
import re
import sys
import tempfile
from contextlib import suppress
from html import unescape
from pathlib import Path

from rich.cells import cell_len
from textual.widgets import Input, TextArea

from assistant.locale import Language, set_language
from tests.assistant.scripted import opener
from tests.assistant.tui.chat import Chat, chatting
from tests.snapshots.dialogs import DIALOGS
from tests.snapshots.scenes import SCENES, Scene, asker

KEPT = Path(__file__).parent / "screens"
PICTURES = Path(__file__).parents[2] / "examples" / "pictures"
LANGUAGES: tuple[Language, ...] = ("en", "ja")
SIZES = ((80, 24), (132, 40))
PICTURED = {"chat": "answer", "chart": "line", "edit": "editor"}
"""Scenes by the names of their pictures, in the READMEs' size."""
PICTURE_SIZE = (100, 28)


async def drawn(scene: Scene, lang: Language, size: tuple[int, int]) -> str:
    """The screen as SVG, without what differs from run to run."""
    set_language(lang)
    open_asker = opener(asker(scene.script(lang)))
    if scene.name == "loading":
        open_asker = opener(asker([[]]), asyncio.Event())
    async with chatting(open_asker, size) as chat:
        chat.app.animation_level = "none"
        await scene.act(chat, lang)
        await still(chat)
        return as_wide_as_shown(without_fonts(chat.app.export_screenshot(title="kotae")))


async def still(chat: Chat) -> None:
    """Stop cursors that blink, and wait until nothing changes any more."""
    for line in (*chat.app.screen.query(Input), *chat.app.screen.query(TextArea)):
        with suppress(AttributeError):
            line.cursor_blink = False
    before = ""
    while before != (before := chat.app.export_screenshot()):
        await chat.pilot.pause()
        await asyncio.sleep(0.1)


def without_fonts(svg: str) -> str:
    """The viewer's own monospace font is good enough, and needs no network."""
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def as_wide_as_shown(svg: str) -> str:
    """Two cells for a Japanese character: the export counts characters."""

    def widened(match: re.Match[str]) -> str:
        text = unescape(match["text"])
        width = float(match["width"]) * cell_len(text) / len(text)
        return f'textLength="{width:.1f}"{match["rest"]}>{match["text"]}<'

    return re.sub(r'textLength="(?P<width>[\d.]+)"(?P<rest>[^>]*)>(?P<text>[^<]+)<', widened, svg)


def pictures() -> dict[Path, str]:
    """Every picture by the file in which it is kept."""
    scenes = {scene.name: scene for scene in SCENES}
    return {
        KEPT / f"{scene.name}-{lang}-{size[0]}x{size[1]}.svg": asyncio.run(drawn(scene, lang, size))
        for scene in (*SCENES, *DIALOGS)
        for lang in LANGUAGES
        for size in SIZES
    } | {
        PICTURES / f"{name}-{lang}.svg": asyncio.run(drawn(scenes[scene], lang, PICTURE_SIZE))
        for name, scene in PICTURED.items()
        for lang in LANGUAGES
    }


def main(update: bool) -> int:
    """Compare, or keep; the number of pictures that differ decides the exit code."""
    found = pictures()
    different = [
        path
        for path, svg in found.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != svg
    ]
    left_over = set(KEPT.glob("*.svg")) - set(found)
    if update:
        for path in left_over:
            path.unlink()
    elif left_over:
        print(f"no scene draws any more: {', '.join(sorted(path.name for path in left_over))}")
    folder = Path(tempfile.mkdtemp(prefix="kotae-screens-")) if different and not update else None
    for path in different:
        (folder / path.name if folder else path).write_text(found[path], encoding="utf-8")
    kept = f"drawn now: {folder}; make snapshots UPDATE=1 keeps them" if folder else "kept"
    print(f"{len(found)} screens, {len(different)} differ" + (f" ({kept})" if different else ""))
    return 1 if (different or left_over) and not update else 0


if __name__ == "__main__":
    sys.exit(main("--update" in sys.argv))
