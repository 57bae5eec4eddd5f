"""What a check found, and what the findings mean together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.locale import describe

_COMMAND = re.compile(r": (kotae [^;.]+)$")
State = Literal["ok", "warning", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. `mend` is the command that helps, "" where nothing needs to be done.

    `text` is for a person, in their language, and holds no secret. `exit_code` counts where the
    state is "broken": 2 for usage and settings, 3 for a server that is not there.
    """

    check: str
    state: State
    text: str
    mend: str = ""
    exit_code: int = 2


def failure(check: str, error: Exception, exit_code: int) -> Finding:
    """What one of our own errors says; its English sentence may end with the command to type."""
    command = _COMMAND.search(str(error))
    return Finding(check, "broken", describe(error), command[1] if command else "", exit_code)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 unless something is broken; settings come before servers, since they must be right first.

    Warnings do not count: a person can be answered with them.
    """
    return min((f.exit_code for f in findings if f.state == "broken"), default=0)
