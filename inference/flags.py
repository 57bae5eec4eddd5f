"""An engine's own flags: read from its --help, and what we mean spelled in them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# An option's line begins with its spellings; descriptions are indented further.
_SPELLINGS = re.compile(r"^ {0,2}(-{1,2}[A-Za-z][\w-]*(?:,\s+-{1,2}[A-Za-z][\w-]*)*)(.*)$")
PROMPT_CACHE_MIB = 512
# One wish: its spellings, the newest first, and its value.
FlagWish = tuple[tuple[str, ...], str | None]


@dataclass(frozen=True, slots=True)
class Launch:
    """What a server is started for: the model's first file, its public name, its limits.

    `effort` is a reasoning effort (low, medium, high), None for the model's own. `saves` is where
    prompts that were read are kept. `extra` and `environment` are added to what is usual.
    """

    model: Path
    alias: str
    context_tokens: int
    threads: int
    effort: str | None = None
    saves: Path | None = None
    extra: tuple[FlagWish, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def spellings(help_text: str) -> frozenset[str]:
    """Every flag that works, short and long; those that --help calls removed are left out."""
    found: set[str] = set()
    for line in help_text.splitlines():
        match = _SPELLINGS.match(line)
        if match and "argument has been removed" not in match[2]:
            found.update(re.split(r",\s+", match[1]))
    return frozenset(found)


def arguments(launch: Launch, port: int, known: frozenset[str]) -> list[str]:
    """The command line after the program, of flags in `known` only.

    The API key is never among them: the environment carries it.
    """
    wishes: list[FlagWish] = [
        (("--model", "-m"), str(launch.model)),
        (("--alias", "-a"), launch.alias),
        (("--host",), "127.0.0.1"),
        (("--port",), str(port)),
        (("--ctx-size", "-c"), str(launch.context_tokens)),
        (("--parallel", "-np"), "1"),
        (("--threads", "-t"), str(launch.threads)),
        (("--cache-ram", "-cram"), str(PROMPT_CACHE_MIB)),
        (("--cors-origins",), "localhost"),
        (("--no-ui", "--no-webui"), None),
        (("--jinja",), None),
        (("--offline",), None),
    ]
    if launch.effort:
        wishes.append((("--reasoning-effort",), launch.effort))
    if launch.saves:
        wishes.append((("--slot-save-path",), str(launch.saves)))
    return spelled([*wishes, *launch.extra], known)


def spelled(wishes: Iterable[FlagWish], known: frozenset[str] | None) -> list[str]:
    """The wishes in an engine's own spelling; without an engine in the newest one."""
    line: list[str] = []
    for names, value in wishes:
        spelling = next((name for name in names if known is None or name in known), None)
        if spelling:
            line += [spelling] if value is None else [spelling, value]
    return line
