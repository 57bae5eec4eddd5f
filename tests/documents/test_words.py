"""What a person reads stands in the locale, and every command that it names is there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents.commands import KOTAE
from tests.documents.literals import literals

ROOT = Path(__file__).parents[2]
# These speak to the model, not to a person.
TO_THE_MODEL = {"facts.py", "prompt.py"}
CODE = [
    path for path in sorted((ROOT / "assistant").rglob("*.py")) if path.name not in TO_THE_MODEL
]
COMMAND = re.compile(r"kotae(?: [a-z]+)+")


def sentences() -> Iterator[str]:
    """Every sentence of the locale but the examples, which are parsed, and the errors' English."""
    rooms = set((ROOT / "assistant" / "locale").glob("*/*.toml"))
    for room in sorted(room for room in rooms if room.stem != "examples"):
        yield from tomllib.loads(room.read_text(encoding="utf-8")).values()
    for package in ("assistant", "mcp_server", "inference"):
        yield (ROOT / package / "errors.py").read_text(encoding="utf-8").replace('"\n        "', "")


def mentioned() -> set[tuple[str, ...]]:
    """The commands that the sentences name, as words: ("model", "pull")."""
    found = {tuple(m.split()[1:3]) for s in sentences() for m in COMMAND.findall(s)}
    return {words for words in found if words[0] in KOTAE.commands}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_for_a_person_stands_in_the_code(path: Path) -> None:
    assert list(literals(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        'say("No such model.")',
        'say(f"there are {n} rows")',
        'Static("終わり")',
        'typer.Option(help="How many.")',
        'self.border_title = "Results"',
        'TITLE = "Kotae chat"',
    ],
)
def test_a_text_in_the_code_is_found(code: str) -> None:
    assert list(literals(code))


@pytest.mark.parametrize("code", ['say(t("ask.done"))', 'print(f"term\\t{x}")', 'x = "Some text"'])
def test_keys_and_data_are_no_texts(code: str) -> None:
    assert not list(literals(code))


def test_every_command_that_a_sentence_names_is_there() -> None:
    groups = {name: set(c.commands) for name, c in KOTAE.commands.items() if hasattr(c, "commands")}
    unknown = {
        words
        for words in mentioned()
        if words[0] in groups and (len(words) < 2 or words[1] not in groups[words[0]])
    }
    assert unknown == set()
    assert ("db", "grant") in mentioned()
