"""Everything that can go wrong around the model server, sorted by who must act.

InferenceError
├── PersonMustAct      settings, names, disk, a missing program: exit 2
└── ServerUnavailable  the model server is down, died or is too slow: exit 3
"""

from typing import ClassVar


class InferenceError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template, so that a front end can say the same
    sentence in another language; it looks the sentence up by the class name.
    """

    template: ClassVar[str] = "{message}"
    exit_code: ClassVar[int] = 3

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class PersonMustAct(InferenceError):
    """Trying again does not help until the person changes something."""

    exit_code = 2


class ServerUnavailable(InferenceError):
    """The model server cannot answer now."""
