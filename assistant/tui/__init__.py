"""The chat on a full terminal; the only package that imports textual."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.setup.choice import Choice, Services
    from assistant.tui.opening import Opening

# Textual's kitty key protocol turns a commit of five or more kanji from an input method into
# garbage; textual reads this once, when it is first imported.
os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
# A key waits up to one frame for the screen; what streams in is gathered for longer than that.
os.environ.setdefault("TEXTUAL_FPS", "240")


def run(prepare: "Callable[[], Opening]") -> int:
    """Chat until the person quits, and return the exit code.

    `prepare` reads settings and imports what is heavy, in a thread, once the screen is painted;
    what it raises ends the chat and is raised here. A failure to open the asker is shown in the
    conversation, and the next question tries again.
    """
    from assistant.tui.app import ChatApp

    app = ChatApp(prepare)
    app.run()
    if app.opening:
        app.opening.close()
    if app.failure:
        raise app.failure
    return app.return_code or 0


def set_up(services: "Services") -> "Choice | None":
    """Ask what the first kotae.toml needs and have it written; None when the person went away."""
    from assistant.tui.setup.app import SetupApp

    return SetupApp(services).run()
