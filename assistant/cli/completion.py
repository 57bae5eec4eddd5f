"""`kotae completion`: the lines with which a shell completes kotae's commands and options."""

import os
from enum import StrEnum
from typing import Annotated

import typer

from assistant.locale import t

# The variable by which a shell asks kotae itself for what may come next.
ASKED = "_KOTAE_COMPLETE"


class Shell(StrEnum):
    """The shells that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("completion", help=t("completion.help"))(completion)


def completion(shell: Annotated[Shell, typer.Argument(help=t("completion.shell_help"))]) -> None:
    """Print the script; nothing is installed."""
    from typer._completion_shared import get_completion_script

    script = get_completion_script(prog_name="kotae", complete_var=ASKED, shell=shell.value)
    typer.echo(script)


def answer_shells() -> None:
    """Teach this process the shells, if one of them is asking."""
    if ASKED in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
