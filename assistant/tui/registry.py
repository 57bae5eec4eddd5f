"""All commands of the chat. A module with commands of its own adds them here."""

import difflib
from collections.abc import Mapping

from textual.binding import Binding

from assistant.errors import SettingUnknown
from assistant.tui.chat_commands import CHAT_COMMANDS
from assistant.tui.commands import Command
from assistant.tui.keeping_commands import KEEPING_COMMANDS
from assistant.tui.question_line import QuestionLine
from assistant.tui.result_table import ResultTable
from assistant.tui.turn_commands import TURN_COMMANDS

COMMANDS: tuple[Command, ...] = (*TURN_COMMANDS, *KEEPING_COMMANDS, *CHAT_COMMANDS)
_OF_WIDGETS = (ResultTable, QuestionLine)


def keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """Keys by command, as `[keys]` of kotae.toml has them. Raises: SettingUnknown."""
    known = [command.name for command in COMMANDS if command.key]
    known += [
        b.id for kind in _OF_WIDGETS for b in kind.BINDINGS if isinstance(b, Binding) and b.id
    ]
    for name in keys:
        if name not in known:
            [nearest] = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingUnknown(file="kotae.toml", key=f"keys.{name}", nearest=f"keys.{nearest}")
    return dict(keys)
