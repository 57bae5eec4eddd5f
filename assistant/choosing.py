"""What a typed line stands for after the assistant asked back."""

from assistant.events import Answer


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
