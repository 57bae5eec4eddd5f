"""Whether a command line that stands in a document is one of kotae's: parsed, not run."""

import shlex
from collections.abc import Iterator
from typing import Any

import typer
from typer.main import get_command

from assistant.cli.main import app

KOTAE: Any = get_command(app)


class NotOurs(Exception):
    """The line would be refused; its text says why."""


def parse(line: str) -> None:
    """Follow the words through the real parsers; values are not looked at. Raises NotOurs."""
    command, path, words = KOTAE, "kotae", list(_words(line))[1:]
    while True:
        context = typer.Context(command, info_name=path)
        try:
            _, words, _ = command.make_parser(context).parse_args(words)
        except Exception as error:  # whatever the parser calls it, the document is wrong
            raise NotOurs(f"{path}: {error}") from error
        if not words:
            return
        name, *words = words
        if name not in getattr(command, "commands", {}):
            raise NotOurs(f"{path}: no command {name}")
        command, path = command.commands[name], f"{path} {name}"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command and group, by its words, from the root on."""
    waiting = [("kotae", KOTAE)]
    while waiting:
        path, command = waiting.pop()
        yield path, command
        below = getattr(command, "commands", {})
        waiting.extend((f"{path} {name}", found) for name, found in below.items())


def _words(line: str) -> Iterator[str]:
    """The words of the command alone: without variables before it and what the shell does."""
    found = shlex.split(line, comments=True)
    while found and "=" in found[0]:
        found.pop(0)
    for word in found:
        if word in {"|", ">", "<", "&&", ";", "&"}:
            return
        yield word
