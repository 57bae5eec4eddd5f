"""Commands on one turn: the one with the focus, else the newest."""

from typing import TYPE_CHECKING

from assistant.tui.commands import Command
from assistant.tui.turn import Turn

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp


def with_chart(app: "ChatApp") -> Turn | None:
    """The turn whose rows make a chart."""
    turn = app.conversation.current
    return turn if turn and turn.result_view and turn.result_view.chart else None


def toggle_chart(app: "ChatApp") -> None:
    """Chart instead of table, or the other way round."""
    if (turn := with_chart(app)) and turn.result_view:
        turn.result_view.toggle_chart()


TURN_COMMANDS = (Command("chart", "f3", toggle_chart, lambda app: with_chart(app) is not None),)
