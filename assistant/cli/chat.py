"""`kotae` alone: the chat on a terminal, help elsewhere."""

import sys
from typing import Annotated

import typer

from assistant.cli.console import our_errors, reporting_errors
from assistant.locale import t


def register(app: typer.Typer) -> None:
    """Make the chat what runs without a command."""
    app.callback()(chat)


def _tell_version(wished: bool) -> None:
    if wished:
        from importlib.metadata import version

        typer.echo(f"kotae {version('kotae')}")
        raise typer.Exit


def chat(
    context: typer.Context,
    database: Annotated[
        str | None, typer.Option("--database", "-d", help=t("ask.database"))
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help=t("ask.model"))] = None,
    endpoint: Annotated[str | None, typer.Option(help=t("ask.endpoint"))] = None,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help=t("cli.version")),
    ] = False,
) -> None:
    """Open the chat when no command was given."""
    if context.invoked_subcommand:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        typer.echo(context.get_help())
        return
    with reporting_errors(*our_errors()):
        from assistant.cli.wiring import open_asker, shown_names

        opener = open_asker(database, model, endpoint, warm=True)
        names = shown_names(database, model, endpoint)
        from assistant.tui import run

        code = run(opener, *names)
    sys.exit(code)
