"""What a typed line stands for after the assistant asked back."""

from assistant.events import Answer
from assistant.locale import t


def choice_lines(answer: Answer) -> str:
    """The choices, numbered from one, the default marked."""
    return "\n".join(
        t(
            "tui.choice_default" if choice == answer.default else "tui.choice",
            number=number,
            choice=choice,
        )
        for number, choice in enumerate(answer.choices, 1)
    )


def placeholder(answer: Answer | None) -> str:
    """What the empty input line invites to, after this answer."""
    if not (answer and answer.choices):
        return t("tui.placeholder")
    key = "tui.placeholder_default" if answer.default else "tui.placeholder_choice"
    return t(key, count=len(answer.choices))


def resolve(typed: str, answer: Answer | None) -> str:
    """The question meant by `typed`: a choice by its number, the default for nothing typed."""
    typed = typed.strip()
    if answer is None or answer.status != "ask":
        return typed
    if not typed:
        return answer.default or ""
    if typed.isdecimal() and 1 <= int(typed) <= len(answer.choices):
        return answer.choices[int(typed) - 1]
    return typed
