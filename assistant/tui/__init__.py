"""The chat on a full terminal; the only package that imports textual."""

import os

from assistant.asker import OpenAsker

# Textual's kitty key protocol turns a commit of five or more kanji from an input method into
# garbage; textual reads this once, when it is first imported.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def run(open_asker: OpenAsker, database: str, model: str) -> int:
    """Chat until the person quits, and return the exit code.

    `database` and `model` are the names in the status line. A failure to open the asker is
    shown in the conversation, and the next question tries again.
    """
    from assistant.tui.app import ChatApp

    app = ChatApp(open_asker, database, model)
    app.run()
    return app.return_code or 0
