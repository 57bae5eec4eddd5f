"""Commands on what is kept and known: conversations, files, the clipboard, the schema."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.events import QueryResult
from assistant.locale import t
from assistant.tui import clipboard
from assistant.tui.commands import Command
from assistant.tui.turn import Turn

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp

_LONGEST_NAME = 40


def keeps(app: "ChatApp") -> bool:
    """Whether conversations are kept, and none is at work."""
    return app.keeping.notebook is not None and not app.keeping.busy


def open_sessions(app: "ChatApp") -> None:
    """Choose a conversation of before, and go on with it."""
    from assistant.tui.session_picker import SessionPicker

    notebook = app.keeping.notebook
    if notebook is None:
        return

    async def resume(session: int | None) -> None:
        with app.keeping.telling():
            if session is not None:
                await app.keeping.show(notebook.resume(session))

    with app.keeping.telling():
        app.push_screen(SessionPicker(notebook.store, notebook.database), resume)


async def begin_anew(app: "ChatApp") -> None:
    """An empty conversation; the one before is kept."""
    if app.keeping.notebook:
        app.keeping.notebook.restart()
        await app.conversation.clear()


def export_conversation(app: "ChatApp") -> None:
    """Write the conversation as HTML or Markdown."""
    from assistant import export
    from assistant.tui.export_screen import ExportScreen

    transcript = None
    with app.keeping.telling():
        transcript = app.keeping.notebook.transcript() if app.keeping.notebook else None
    if transcript is None:
        app.notify(t("sessions.none_yet"), markup=False)
        return

    def write(path: Path) -> None:
        export.export_conversation(transcript, path)

    proposal = f"{_name(transcript.session.title)}.html"
    app.push_screen(ExportScreen(t("sessions.export_title"), proposal, write), _told(app))


def export_rows(app: "ChatApp") -> None:
    """Write the rows of an answer as CSV, a workbook or JSON."""
    from assistant import export
    from assistant.tui.export_screen import ExportScreen

    turn = with_result(app)
    if turn is None or turn.answer is None or turn.answer.result is None:
        return
    result: QueryResult = turn.answer.result

    def write(path: Path) -> None:
        export.export_result(result, path)

    title, proposal = t("sessions.export_result_title"), f"{_name(turn.question)}.csv"
    app.push_screen(ExportScreen(title, proposal, write), _told(app))


def copy_answer(app: "ChatApp") -> None:
    """The words of an answer."""
    if (turn := app.conversation.current) and turn.answer:
        clipboard.copy(app, turn.answer.text)


def browse_schema(app: "ChatApp") -> None:
    """Look for a name, and put it into the question."""
    from assistant.tui.schema_browser import SchemaBrowser

    def insert(name: str | None) -> None:
        app.line.focus()
        if name:
            app.line.insert_text_at_cursor(name)

    if app.asker:
        app.push_screen(SchemaBrowser(app.asker.surroundings.schema), insert)


def with_result(app: "ChatApp") -> Turn | None:
    """The turn that has rows."""
    turn = app.conversation.current
    return turn if turn and turn.answer and turn.answer.result else None


def _answered(app: "ChatApp") -> bool:
    turn = app.conversation.current
    return bool(turn and turn.answer)


def _told(app: "ChatApp") -> Callable[[Path | None], None]:
    def tell(path: Path | None) -> None:
        if path:
            app.notify(t("sessions.exported", path=path), markup=False)

    return tell


def _name(title: str) -> str:
    """The title as the name of a file, with today's date."""
    stem = re.sub(r"[^\w]+", "-", title).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{stem or 'kotae'}-{date.today().isoformat()}"


KEEPING_COMMANDS = (
    Command("sessions", "f7", open_sessions, keeps),
    Command("schema", "f8", browse_schema, lambda app: app.asker is not None),
    Command("new", "ctrl+n", begin_anew, keeps),
    Command("export", "ctrl+o", export_conversation, keeps),
    Command("export_rows", "ctrl+r", export_rows, lambda app: with_result(app) is not None),
    Command("copy_answer", "", copy_answer, _answered),
)
