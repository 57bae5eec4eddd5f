"""The meanings to choose from after the assistant asked back."""

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.events import Answer
from assistant.locale import t
from assistant.render import printable


class ChoiceList(OptionList):
    """The choices, numbered from one, the default marked and highlighted."""

    def __init__(self, answer: Answer) -> None:
        self.choices = answer.choices
        lines = choice_lines(answer)
        super().__init__(*(Option(Content(printable(line))) for line in lines), compact=True)
        if answer.default in answer.choices:
            self.highlighted = answer.choices.index(answer.default)


def choice_lines(answer: Answer) -> list[str]:
    """The choices, numbered from one, the default marked."""
    return [
        t(
            "tui.choice_default" if choice == answer.default else "tui.choice",
            number=number,
            choice=choice,
        )
        for number, choice in enumerate(answer.choices, 1)
    ]


def placeholder(answer: Answer | None) -> str:
    """What the empty input line invites to, after this answer."""
    if not (answer and answer.choices):
        return t("tui.placeholder")
    key = "tui.placeholder_default" if answer.default else "tui.placeholder_choice"
    return t(key, count=len(answer.choices))
