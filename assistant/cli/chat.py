"""`kotae` alone: the chat on a terminal, help elsewhere."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.console import our_errors, reporting_errors
from assistant.locale import t

if TYPE_CHECKING:
    from assistant.tui.opening import Opening


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
    from assistant.tui import run

    def prepare() -> "Opening":
        # Behind the first paint: it takes longer than everything that is on the screen.
        from assistant.cli.chat_wiring import opening

        return opening(database, model, endpoint)

    with reporting_errors(*our_errors()):
        code = run(prepare)
    sys.exit(code)
