"""Copying out of the chat, in every way that there is."""

from textual.app import App

from assistant.clipboard import copy_natively
from assistant.locale import t


def copy(app: App[None], text: str) -> None:
    """Put the text on the clipboard of the terminal (OSC 52) and on that of the desktop."""
    app.copy_to_clipboard(text)
    app.run_worker(copy_natively(text), group="clipboard", exit_on_error=False)
    app.notify(t("sessions.copied"), markup=False, timeout=2)
