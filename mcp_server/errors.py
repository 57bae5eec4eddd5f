"""Everything that can go wrong between a tool call and the database, sorted by who must act.

DatabaseToolError
├── ModelMustRepair  the statement or the arguments: another call can mend it
├── PersonMustAct    settings, password, privileges
└── RetryLater       the database is down, slow or busy
"""

from typing import ClassVar, Literal

Actor = Literal["model", "person", "time"]


class DatabaseToolError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template, so that a client can say the same
    sentence in another language; it looks the sentence up by the class name (the code).
    """

    template: ClassVar[str] = "{message}"
    actor: ClassVar[Actor] = "model"

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class ModelMustRepair(DatabaseToolError):
    """The caller can mend it by another call."""


class PersonMustAct(DatabaseToolError):
    """Nothing changes until a person changes settings, password or privileges."""

    actor = "person"


class RetryLater(DatabaseToolError):
    """The same call may work later."""

    actor = "time"
