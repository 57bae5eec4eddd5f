"""What a person chooses before the first question, and what they choose from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from assistant.locale import Language

Verdict = Literal["fits", "tight", "does not fit"]
Grade = Literal["reader", "writer", "admin"]


@dataclass(frozen=True, slots=True)
class Choice:
    """All that the first kotae.toml says; None leaves a key out, and its default holds.

    `database`: a URL or the path of an SQLite file. A password comes from `password` (or the
    URL), which goes into a file of its own, or from the keyring entry "SERVICE/USER"; without
    either it is read from KOTAE_DATABASE_PASSWORD at each start.
    """

    database: str
    password: str = field(default="", repr=False)
    keyring: str | None = None
    model: str | None = None
    endpoint: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """A database that answered: who serves it, what the account may do, which layers hold.

    `excess`: privileges beyond reading. `missing`: layers that this server does not give.
    """

    server: str
    url: str
    account: str
    grade: Grade
    excess: tuple[str, ...]
    layers: tuple[str, ...]
    missing: tuple[str, ...]
    tables: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model and how it would run on this machine; `download` counts bytes, 0 once it is here."""

    name: str
    title: str
    verdict: Verdict
    tokens_per_second: float
    download: int


@dataclass(frozen=True, slots=True)
class Services:
    """What the wizard needs of the house; `assistant.cli` wires it.

    `test` takes a database and a password and raises errors of ours. `propose` gives the models
    that would run here, the best first. `load_sample` gives the URL of the sample, which it
    makes where it is not there, hearing the share done. `write` keeps the choice.
    """

    test: Callable[[str, str], Awaitable[Tested]]
    propose: Callable[[], Awaitable[tuple[Proposal, ...]]]
    load_sample: Callable[[Callable[[float], None]], Awaitable[str]]
    write: Callable[[Choice], None]
