"""Everything that can go wrong on the way from a question to an answer, sorted by who must act.

AssistantError
├── QuestionFailed  this question got no answer; the next one may: exit 1
├── PersonMustAct   usage or settings: exit 2
└── Unreachable     model server or database is not there: exit 3
"""

from typing import ClassVar


class AssistantError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template; `assistant.locale` says the same
    sentence in Japanese, looked up by the class name.
    """

    template: ClassVar[str] = "{message}"
    exit_code: ClassVar[int] = 1

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class QuestionFailed(AssistantError):
    """This question got no answer."""


class PersonMustAct(AssistantError):
    """Nothing changes until the person changes the command or the settings."""

    exit_code = 2


class Unreachable(AssistantError):
    """The model server or the database is not there."""

    exit_code = 3
