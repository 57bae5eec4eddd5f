"""Everything that can go wrong between a tool call and the database, sorted by who must act.

DatabaseToolError
├── ModelMustRepair  the statement or the arguments: another call can mend it
├── PersonMustAct    settings, password, privileges
│   ├── BadSetting, UnknownDatabase, AccessDenied, NotSqlite
│   └── UnknownSample, DatabaseNotEmpty, CannotWrite     loading a sample
└── RetryLater       the database is down, slow or busy
    └── DatabaseDown
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


class BadSetting(PersonMustAct):
    """A known key with a value that cannot be used."""

    template = "{file}: {key} must be {wanted}. Correct it."


class UnknownDatabase(PersonMustAct):
    """The server is there, the database is not."""

    template = "there is no database {database} at {where}. Correct the URL of {connection}."


class AccessDenied(PersonMustAct):
    """Wrong user or password, or no right to the database."""

    template = (
        "{where} refused user {user}. Check the user in the URL of connection {connection}, "
        "its rights, and the password (KOTAE_DATABASE_PASSWORD or password_file)."
    )


class NotSqlite(PersonMustAct):
    """The file is there and is something else."""

    template = "{path} is not an SQLite database ({message}). Name another file."


class UnknownSample(PersonMustAct):
    """No sample database has this name."""

    template = "there is no sample {name}. Samples: {known}."


class DatabaseNotEmpty(PersonMustAct):
    """A sample goes into an empty database only; nothing was changed."""

    template = (
        "{database} is not empty: it holds {tables} tables or views, and a sample must not "
        "mix with them. Nothing was changed. Name an empty database or a new file with --into."
    )


class CannotWrite(PersonMustAct):
    """The SQLite file cannot be made where it should be."""

    template = "{path} cannot be written ({message}). Name another file with --into."


class DatabaseDown(RetryLater):
    """Nobody answers."""

    template = "no database answers at {where} ({message}). Start it, then ask again."
