"""What the person set in the chat and finds again the next time: the theme."""

import json
import os
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path
from textual.theme import Theme


def preferences_file() -> Path:
    """In KOTAE_STATE_DIR, else in the user's state directory."""
    wish = os.environ.get("KOTAE_STATE_DIR")
    return (Path(wish).expanduser() if wish else user_state_path("kotae")) / "chat.json"


class Preferences:
    """A file that may be missing, damaged or unwritable: then the chat looks as usual."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or preferences_file()

    def theme(self, known: Container[str]) -> str | None:
        """The theme that was chosen last, if there is one of that name."""
        with suppress(OSError, ValueError):
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            name = kept.get("theme") if isinstance(kept, dict) else None
            return name if isinstance(name, str) and name in known else None
        return None

    def keep_theme(self, theme: Theme) -> None:
        """Remember it; a disk that cannot be written costs the choice only."""
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.file.write_text(json.dumps({"theme": theme.name}), encoding="utf-8")
