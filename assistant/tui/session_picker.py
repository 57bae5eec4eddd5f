"""Conversations of before: searched, opened, renamed, deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from assistant.errors import SessionsUnusable
from assistant.locale import describe, t
from assistant.render import printable
from assistant.sessions.session import Session
from assistant.sessions.store import Store
from assistant.tui.literal import Passage


class SessionPicker(ModalScreen[int | None]):
    """Ends with the id of the session to go on with, or None.

    The line on top searches; while a session is renamed, it holds the title. The first press of
    the delete key asks, the second one deletes. Raises SessionsUnusable.
    """

    DEFAULT_CSS = """
    SessionPicker { align: center middle; }
    SessionPicker > Vertical {
        width: 90%; max-width: 110; height: 85%; padding: 0 1;
        border: round $primary; background: $surface;
    }
    SessionPicker OptionList { height: 1fr; }
    SessionPicker OptionList, SessionPicker OptionList:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("f2", "rename", show=False),
        Binding("f8", "delete", show=False),
    ]

    def __init__(self, store: Store, database: str) -> None:
        super().__init__()
        self._store, self._database = store, database
        self._sessions: list[Session] = []
        self._renamed: Session | None = None
        self._doomed: Session | None = None
        self._line = Input(placeholder=t("sessions.search"), classes="search")
        self._list = OptionList()
        self._hint = Passage(t("sessions.keys"), classes="muted")

    def compose(self) -> ComposeResult:
        """A line to search in, the sessions, what can be done."""
        with Vertical() as frame:
            frame.border_title = Content(t("sessions.title")).plain
            yield self._line
            yield self._list
            yield self._hint

    def on_mount(self) -> None:
        """All of them, the newest first."""
        self._line.focus()
        self._fill()

    def on_input_changed(self) -> None:
        """Search while it is typed."""
        if self._renamed is None:
            self._fill()

    def on_input_submitted(self) -> None:
        """Open the session, or give it its title."""
        if self._renamed:
            if title := self._line.value.strip():
                with self._telling():
                    self._store.rename(self._renamed.id, title)
            self._end_renaming()
        elif chosen := self._chosen:
            self.dismiss(chosen.id)

    def on_option_list_option_selected(self, selected: OptionList.OptionSelected) -> None:
        """Open the session that was clicked."""
        self.dismiss(self._sessions[selected.option_index].id)

    def action_leave(self) -> None:
        """Back to the list while renaming, else back to the chat."""
        if self._renamed:
            self._end_renaming()
        else:
            self.dismiss(None)

    def action_move(self, by: int) -> None:
        """To another session, the caret staying in the line."""
        (self._list.action_cursor_down if by > 0 else self._list.action_cursor_up)()
        self._spare()

    def action_rename(self) -> None:
        """Edit the title in the line."""
        if chosen := self._chosen:
            self._renamed = chosen
            self._line.value = chosen.title
            self._line.action_end()
            self._hint.write(t("sessions.renaming"))

    def action_delete(self) -> None:
        """Ask, then delete."""
        chosen = self._chosen
        if chosen is None or self._renamed:
            return
        if chosen == self._doomed:
            with self._telling():
                self._store.delete(chosen.id)
            self._fill()
        else:
            self._doomed = chosen
            self._hint.write(t("sessions.deleting", title=chosen.title))

    @property
    def _chosen(self) -> Session | None:
        at = self._list.highlighted
        return None if at is None else self._sessions[at]

    def _end_renaming(self) -> None:
        self._renamed = None
        self._line.value = ""
        self._fill()

    def _fill(self) -> None:
        self._sessions = []
        with self._telling():
            self._sessions = self._store.sessions(self._database, self._line.value)
        self._list.clear_options()
        self._list.add_options(map(_option, self._sessions))
        self._list.highlighted = 0 if self._sessions else None
        self._spare()

    def _spare(self) -> None:
        self._doomed = None
        self._hint.write(t("sessions.keys" if self._sessions else "sessions.none"))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except SessionsUnusable as error:
            self.call_after_refresh(self._hint.write, describe(error))


def _option(session: Session) -> Option:
    facts = t("sessions.facts", changed=session.changed[:16], questions=session.questions)
    title = Content(printable(session.title))
    return Option(Content.assemble(title, "\n", (f"  {facts}", "dim")))
